namespace Serverless.Local.FrontDoor;

/// <summary>One region's head as its front door sees it. Thread-safe.</summary>
internal sealed class Origin(string region, Uri address, ProbeRule rule)
{
    private readonly Lock _noting = new();
    private volatile ProbeWindow _window = new(rule);

    public string Region { get; } = region;

    /// <summary>Without a path.</summary>
    public Uri Address { get; } = address;

    public ProbeWindow Window => _window;

    /// <summary>Takes one more probe into account; true when the verdict is another now.</summary>
    public bool Note(ProbeSample sample)
    {
        lock (_noting)
        {
            var before = _window;
            _window = before.With(sample);
            return _window.IsWell != before.IsWell;
        }
    }
}
