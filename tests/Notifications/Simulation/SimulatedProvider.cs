using Serverless.Notifications;
using Serverless.Tests.Simulation;

namespace Serverless.Tests.Notifications;

/// <summary>What all providers of a life have seen, whoever asked them.</summary>
internal sealed class ProviderHistory(Simulator simulator)
{
    private readonly List<(string Delivery, string To, DateTimeOffset At)> _taken = [];

    /// <summary>Addresses that are dead.</summary>
    public HashSet<string> Dead { get; } = [];

    /// <summary>What every call is answered; null: as chance has it.</summary>
    public Func<ProviderCall, ProviderAnswer>? Answer { get; set; }

    /// <summary>Calls of a hundred that come to no good end.</summary>
    public int Failing { get; set; }

    /// <summary>All calls that began.</summary>
    public List<(ProviderCall Call, DateTimeOffset At)> Calls { get; } = [];

    /// <summary>How often a delivery was taken.</summary>
    public int Taken(string delivery) => _taken.Count(one => one.Delivery == delivery);

    /// <summary>Answers as a provider does.</summary>
    public async Task<ProviderAnswer> AnswerAsync(ProviderCall call)
    {
        Calls.Add((call, simulator.Time.GetUtcNow()));
        await simulator.Delay(TimeSpan.FromMilliseconds(simulator.Random.Next(200)));
        if (Answer is not null)
            return Answer(call);
        if (Dead.Contains(call.To))
            return new ProviderAnswer.AddressDead("410", null);
        var fate = simulator.Random.Next(100) < Failing ? simulator.Random.Next(4) : 4;
        if (fate is 0 or 4)
            _taken.Add((call.Delivery, call.To, simulator.Time.GetUtcNow()));
        return fate switch
        {
            0 or 1 => new ProviderAnswer.Unknown("timeout"),
            2 => new ProviderAnswer.Later("503", null),
            3 => new ProviderAnswer.Later("circuit-open", TimeSpan.FromSeconds(5)) { WasAsked = false },
            _ => new ProviderAnswer.Taken("200", null),
        };
    }
}

/// <summary>A provider as one instance reaches it.</summary>
internal sealed class SimulatedProvider(Carrier carrier, ProviderHistory history, MortalLife life) : IProvider
{
    public Carrier Carrier => carrier;

    public string Name => "simulated";

    public string? Problem(ProviderCall call) => null;

    public Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => life.CallAsync(() => history.AnswerAsync(call));
}
