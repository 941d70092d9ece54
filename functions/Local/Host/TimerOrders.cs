using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>
/// Runs timer functions that a caller orders, at once and whatever their schedule says: the schedule's state is neither read nor
/// changed. Orders of one function run one after the other, each of them; those that still wait when the head stops are dropped.
/// </summary>
internal sealed class TimerOrders : BackgroundService
{
    /// <summary>Orders of one function that may wait: 100.</summary>
    public const int MostWaiting = 100;

    private readonly Dictionary<string, (TimerInvocation Invocation, Channel<TimerInfo> Orders)> _functions = new(StringComparer.OrdinalIgnoreCase);

    public TimerOrders(FunctionCatalog functions, IServiceScopeFactory scopes, InvocationIds ids, ILogger<TimerOrders> log)
    {
        foreach (var function in functions.Timers)
            _functions[function.Name] = (new TimerInvocation(function, scopes, ids, log), Channel.CreateBounded<TimerInfo>(MostWaiting));
    }

    public bool Knows(string function) => _functions.ContainsKey(function);

    /// <summary>Whether the order was taken; false when too many of that function wait already.</summary>
    public bool TryOrder(string function) => _functions[function].Orders.Writer.TryWrite(new TimerInfo());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_functions.Values.Select(async function =>
    {
        await foreach (var order in function.Orders.Reader.ReadAllAsync(stoppingToken))
            await function.Invocation.RunAsync(order, stoppingToken);
    }));
}
