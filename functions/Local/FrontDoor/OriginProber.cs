using System.Globalization;

namespace Serverless.Local.FrontDoor;

/// <summary>Probes one origin at the rule's interval, and says when it falls or rises.</summary>
/// <param name="origin">Which.</param>
/// <param name="rule">How.</param>
/// <param name="http">Asks it; does not follow redirects.</param>
/// <param name="progress">Told of every change of its verdict.</param>
/// <param name="clock">The clock.</param>
internal sealed class OriginProber(Origin origin, ProbeRule rule, HttpMessageInvoker http, IProgress<string> progress, TimeProvider clock)
{
    private readonly Uri _probed = new(origin.Address, rule.Path);

    /// <summary>Asks once without counting it: the first answer of a head that has just started is a slow one.</summary>
    public Task WarmAsync(CancellationToken cancellationToken) => ProbeAsync(cancellationToken);

    /// <summary>Probes at once and then at each interval, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // As many as are sent within the limit of one.
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(rule.Interval, clock);
        try
        {
            do
            {
                underWay.RemoveAll(probe => probe.IsCompleted);
                underWay.Add(NoteAsync(cancellationToken));
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The front door closes.
            await Task.WhenAll(underWay).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (origin.Note(await ProbeAsync(cancellationToken)))
            progress.Report(Verdict());
    }

    private async Task<ProbeSample> ProbeAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(rule.ProbeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(rule.Method), _probed);
        try
        {
            using var answer = await http.SendAsync(request, either.Token);
            return new ProbeSample(answer.IsSuccessStatusCode, clock.GetElapsedTime(began));
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new ProbeSample(false, clock.GetElapsedTime(began));
        }
    }

    private string Verdict() => origin.Window switch
    {
        { IsWell: true } => $"{origin.Region} is well again: requests go to it",
        { Failed: var failed } => string.Create(CultureInfo.InvariantCulture, $"{origin.Region} is unwell, {failed} of its last {rule.SampleSize} probes failed: its requests go to the others"),
    };
}
