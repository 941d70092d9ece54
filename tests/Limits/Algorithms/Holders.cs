using Serverless.Limits;

namespace Serverless.Tests.Limits;

/// <summary>Several instances that take tokens of one limit ahead, use some of them by the true time, give the rest back, or never come back.</summary>
internal sealed class Holders(LimitRule rule)
{
    private readonly List<Lease> _leases = [];
    private int _sequence;

    public Meter Meter { get; } = new(rule);

    /// <summary>Asked, taken, used, renewed and settled, at that moment; false when more could be had afterwards than should.</summary>
    public bool Make(Move move, Moment now)
    {
        Meter.Advance(now);
        _leases.RemoveAll(lease => !Meter.State.Holds.Contains(lease.Hold));
        switch (move.Kind)
        {
            case < 20:
                Meter.Decide(now, move.At, move.Cost);
                return true;
            case < 45:
                return Take(move, now);
            case < 80:
                Use(move, now);
                return true;
            default:
                return Settle(move, now, isKept: move.Kind < 90);
        }
    }

    private bool Take(Move move, Moment now)
    {
        var before = Meter.Available(now);
        var until = Math.Min(now.Earliest + move.Share.Of(rule.Window.Ticks * 3 / 2), Meter.Algorithm.LastUseOf(rule, now));
        var hold = new Hold((ulong)move.Kind, ++_sequence, move.Kind < 30 ? before : Math.Min(move.Cost, before), until);
        Meter.State = LimitAlgorithm.Take(Meter.State, hold);
        if (hold.Amount > 0)
            _leases.Add(new Lease(hold));
        return Meter.Available(now) == before - hold.Amount;
    }

    private void Use(Move move, Moment now)
    {
        if (Pick(move) is not { } lease || move.At > lease.Hold.Until)
            return;
        var amount = Math.Min(lease.Hold.Amount - lease.Used, move.Cost);
        Meter.Uses.Add((move.At, amount));
        (lease.Used, lease.LastUse) = (lease.Used + amount, now);
    }

    private bool Settle(Move move, Moment now, bool isKept)
    {
        if (Pick(move) is not { } lease)
            return true;
        var (before, held, kept) = (Meter.Available(now), Meter.State.Held, isKept ? (lease.Hold.Amount - lease.Used) / 2 : 0);
        Meter.State = Meter.Algorithm.Settle(Meter.State, rule, lease.Hold, lease.LastUse, lease.Used);
        Meter.Advance(now);
        _leases.Remove(lease);
        if (kept == 0)
            return Meter.Available(now) is var after && after >= 0 && after >= (lease.Used > 0 ? 0 : before) && Meter.State.Held == held - lease.Hold.Amount;
        var until = Math.Min(now.Earliest + move.Share.Of(rule.Window.Ticks), Meter.Algorithm.LastUseOf(rule, now));
        Meter.State = LimitAlgorithm.Take(Meter.State, new Hold(lease.Hold.Holder, ++_sequence, kept, until));
        _leases.Add(new Lease(Meter.State.Holds[^1]));
        return Meter.State.Held == held - lease.Hold.Amount + kept;
    }

    private Lease? Pick(Move move) => _leases.Count == 0 ? null : _leases[(int)(move.Share % _leases.Count)];

    private sealed class Lease(Hold hold)
    {
        public Hold Hold => hold;

        public long Used { get; set; }

        public Moment LastUse { get; set; }
    }
}
