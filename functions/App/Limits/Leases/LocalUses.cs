namespace Serverless.Limits;

/// <summary>What was used here and is not accounted for in the row, by when: in groups, each of which counts at its last use, so that what was used early is free again early.</summary>
internal sealed class LocalUses
{
    private readonly List<(long At, long Amount)> _groups = [];
    private long _amount;
    private long _at;
    private long _until;

    /// <summary>All of it.</summary>
    public long Amount { get; private set; }

    /// <summary>How long a group lasts, as a difference of timestamps.</summary>
    public long Span { get; set; }

    public void Add(long amount, long now)
    {
        if (now >= _until)
            Begin(now);
        (Amount, _amount, _at) = (Amount + amount, _amount + amount, now);
    }

    /// <summary>The groups until now; what is used from here on is in others.</summary>
    public IReadOnlyList<(long At, long Amount)> Close()
    {
        Begin(0);
        _until = 0;
        return [.. _groups];
    }

    /// <summary>The first groups were accounted for.</summary>
    public void Remove(int groups)
    {
        for (var i = 0; i < groups; i++)
            Amount -= _groups[i].Amount;
        _groups.RemoveRange(0, groups);
    }

    private void Begin(long now)
    {
        if (_amount > 0)
            _groups.Add((_at, _amount));
        (_amount, _until) = (0, now + Span);
    }
}
