namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// One place of the schedule being explored: what could happen there, what was chosen, and what is still to be tried. Reached again
/// by the same choices it must offer the same.
/// </summary>
internal sealed class ChoicePoint
{
    private readonly StepId[] _enabled;
    private readonly HashSet<StepId> _toTry = [];
    private readonly Dictionary<StepId, Access[]> _asleep = [];

    /// <param name="enabled">What may happen here.</param>
    /// <param name="before">The place before this one; null at the beginning.</param>
    /// <param name="all">Whether all of it is to be tried here, whatever was explored before.</param>
    public ChoicePoint(IReadOnlyList<Step> enabled, ChoicePoint? before, bool all)
    {
        _enabled = [.. enabled.Select(step => step.Id)];
        if (all)
        {
            _toTry.UnionWith(_enabled);
            Chosen = _enabled[0];
            return;
        }

        foreach (var (step, touched) in before?._asleep ?? [])
        {
            if (!Access.Conflict(touched, before!.Touched))
                _asleep[step] = touched;
        }

        AllAsleep = Array.TrueForAll(_enabled, _asleep.ContainsKey);
        if (AllAsleep)
            return;
        Chosen = Array.Find(_enabled, step => !_asleep.ContainsKey(step));
        _toTry.Add(Chosen);
    }

    /// <summary>Whatever happens here was explored before, in an order that makes no difference (sleep sets; Godefroid 1996).</summary>
    public bool AllAsleep { get; }

    public StepId Chosen { get; private set; }

    /// <summary>What the chosen step touched.</summary>
    public Access[] Touched { get; private set; } = [];

    /// <summary>The place where the chosen step was first offered is the one after this; -1: it was offered from the beginning.</summary>
    public int OfferedBy { get; private set; }

    /// <summary>Places whose steps happened before the chosen step in every schedule that is equivalent to this one.</summary>
    public HashSet<int> HappenedBefore { get; } = [];

    public bool IsChoice => _enabled.Length > 1;

    public bool Offers(IReadOnlyList<Step> enabled) => _enabled.AsSpan().SequenceEqual(enabled.Select(step => step.Id).ToArray());

    public void Happened(Access[] touched, int offeredBy) => (Touched, OfferedBy) = (touched, offeredBy);

    /// <summary>One of these must be tried here, unless one is already.</summary>
    public void Try(IReadOnlyList<StepId> initials)
    {
        if (!initials.Any(_toTry.Contains))
            _toTry.Add(initials[0]);
    }

    /// <summary>Chooses what is still to be tried here, putting to sleep what was; false when nothing is.</summary>
    public bool ChooseNext()
    {
        _asleep[Chosen] = Touched;
        foreach (var step in _enabled)
        {
            if (!_toTry.Contains(step) || _asleep.ContainsKey(step))
                continue;
            Chosen = step;
            return true;
        }

        return false;
    }
}
