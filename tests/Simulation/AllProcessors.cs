using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Serverless.Tests.Simulation;

/// <summary>Long work on all processors, on threads of its own: the pool's stay with the heads and clients of the tests beside it.</summary>
internal static class AllProcessors
{
    /// <summary>Calls <paramref name="act"/> for each number from <paramref name="first"/> on, in order, as many at once as there are processors. Throws what was thrown first, when all threads have ended.</summary>
    public static void For(int first, int count, Action<int> act)
    {
        var next = first - 1;
        var failures = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Math.Min(count, Environment.ProcessorCount)).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failures.TryPeek(out var failure))
            ExceptionDispatchInfo.Throw(failure);

        void Work()
        {
            try
            {
                for (var mine = Interlocked.Increment(ref next); mine < first + count && failures.IsEmpty; mine = Interlocked.Increment(ref next))
                    act(mine);
            }
            catch (Exception thrown)
            {
                failures.Enqueue(thrown);
            }
        }
    }
}
