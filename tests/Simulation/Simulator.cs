namespace Serverless.Tests.Simulation;

/// <summary>
/// Runs asynchronous code on one thread, in an order that a seed decides: whenever several continuations could run, one is drawn;
/// when none can, time moves to the next timer. The same seed gives the same run.
/// </summary>
internal sealed class Simulator : SynchronizationContext
{
    private const int MostSteps = 2_000_000;

    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly Random _order;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public Simulator(int seed)
    {
        Random = new Random(seed);
        _order = new Random(seed ^ 0x5eed);
    }

    public SimulatedTime Time { get; } = new();

    /// <summary>The randomness of faults, values and everything else but the order of steps.</summary>
    public Random Random { get; }

    /// <summary>Steps taken so far.</summary>
    public int Steps { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("A continuation ran outside the simulation: what it does no seed can repeat.");
        _ready.Add((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may block in a simulation.");

    public override SynchronizationContext CreateCopy() => this;

    public void Run(Func<Task> root)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = root();
            while (!task.IsCompleted)
            {
                Assert.True(++Steps < MostSteps, "The simulation does not end.");
                if (_ready.Count > 0)
                    RunOne();
                else
                    Assert.True(Time.Advance(), "Nothing can run and no timer is set: the code waits for ever.");
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public Task Delay(TimeSpan time) => Task.Delay(time, Time, CancellationToken.None);

    private void RunOne()
    {
        var at = _order.Next(_ready.Count);
        var (callback, state) = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        callback(state);
    }
}
