namespace Serverless.Local.FrontDoor;

/// <summary>The origins of a front door: requests go to those that may have them in turn. Thread-safe.</summary>
internal sealed class Origins(IReadOnlyList<Origin> all)
{
    private uint _turn;

    public IReadOnlyList<Origin> All { get; } = all;

    /// <summary>The origin of the next request.</summary>
    public Origin Next()
    {
        var places = OriginChoice.Of([.. All.Select(origin => origin.Window)]);
        return All[places[(int)(Interlocked.Increment(ref _turn) % (uint)places.Count)]];
    }
}
