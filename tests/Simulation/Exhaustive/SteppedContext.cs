using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Serverless.Tests.Simulation.Exhaustive;

/// <summary>
/// Runs asynchronous code on one thread until all of it waits for steps: calls on replicas, loads of the membership, beginnings of
/// operations, events of the environment. Which of them happens next is for the caller to choose; it happens at one moment, then all
/// continuations run, in the order in which they became ready. Time stands still while any step is pending: time limits and hedges,
/// which fire only when nothing else can happen, are no choices and multiply no schedules.
/// </summary>
/// <param name="lateAnswers">
/// Whether a call is two steps: it is carried out, even if its coordinator crashes meanwhile, and its coordinator hears of it, any time
/// later. Default: both at one moment. That leaves out schedules in which an answer overtakes one that was given before it, and has several times fewer.
/// </param>
/// <param name="inOrderLater">
/// Whether every owner's calls are in order (<see cref="NewOwner"/>) once time has passed: what is tried again after a pause goes on in one
/// order of each owner's calls, which still interleave with those of others. Default: in any order.
/// </param>
internal sealed class SteppedContext(bool lateAnswers = false, bool inOrderLater = false) : SynchronizationContext
{
    private const int MostFreeSteps = 100_000;
    private static readonly Access[] Ticked = [new(Access.Everything, Touch.Write)];

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly List<Step> _pending = [];
    private readonly List<Step> _offered = [];
    private readonly List<int> _asked = [];
    private readonly List<string> _names = [];
    private readonly HashSet<int> _inOrder = [];
    private readonly HashSet<int> _crashed = [];
    private readonly List<(int Owner, string Name, Task Task)> _clients = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private List<Access> _touched = [];
    private int _ticks;
    private bool _ended;
    private bool _later;

    public SimulatedTime Time { get; } = new();

    /// <summary>What may happen next, in an order that depends only on what happened so far. Empty: the schedule has ended.</summary>
    public IReadOnlyList<Step> Offered => _offered;

    /// <summary>A coordinator, or something of the environment that happens on its own.</summary>
    /// <param name="name">For people.</param>
    /// <param name="inOrder">
    /// Its calls are carried out and answered in the order in which it makes them, as if it made one at a time. For jobs that make many
    /// at once: how they interleave with what others do is explored, how among themselves is not. Default: they are as all others.
    /// </param>
    public int NewOwner(string name, bool inOrder = false)
    {
        if (inOrder)
            _inOrder.Add(_names.Count);
        _names.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {_names.Count}"));
        _asked.Add(0);
        return _names.Count - 1;
    }

    /// <summary>Waits until the step is chosen. A crashed owner waits for ever.</summary>
    /// <param name="owner">Who asks; it hears the answer, so its steps do not commute with each other.</param>
    /// <param name="label">What is asked, for people.</param>
    /// <param name="answer">Carries it out; must not wait for anything.</param>
    /// <param name="isMessage">Whether the answer travels; false: this is something that the owner itself does.</param>
    public Task<T> AskAsync<T>(int owner, string label, Func<Task<T>> answer, bool isMessage = true)
    {
        var answered = new TaskCompletionSource<T>();
        var id = new StepId(owner, _asked[owner]++);
        if (!_crashed.Contains(owner))
        {
            _pending.Add(new Step(id, label, () =>
            {
                var told = answer();
                return () => answered.SetFromTask(told);
            }, isMessage && !IsInOrder(owner)));
        }

        return answered.Task;
    }

    /// <summary>Is answered at once, within the step that led to it: for what a job does between those of its calls that are steps. A crashed owner waits for ever.</summary>
    public Task<T> AnswerAtOnceAsync<T>(int owner, Func<Task<T>> answer) => _crashed.Contains(owner) ? new TaskCompletionSource<T>().Task : answer();

    /// <summary>An event that happens once, at any time.</summary>
    public void Offer(string label, Action happen) => _ = AskAsync(NewOwner("environment"), label, () =>
    {
        happen();
        return Task.FromResult(true);
    }, isMessage: false);

    /// <summary>The step that happens now touched this as well.</summary>
    public void Touched(string resource, Touch how) => _touched.Add(new Access(resource, how));

    /// <summary>From now on nothing that the owner asks for, or has asked for, happens.</summary>
    public void Crash(int owner)
    {
        Touched(ResourceOf(owner), Touch.Write);
        _crashed.Add(owner);
    }

    /// <summary>Begins what one client does through an owner; it must end unless the owner crashes.</summary>
    public void Begin(int owner, string name, Func<Task> live) => _clients.Add((owner, name, live()));

    /// <summary>What clients that should have ended still wait for, and what they threw.</summary>
    public IEnumerable<string> Unended() => _clients.Where(client => !_crashed.Contains(client.Owner) && !client.Task.IsCompletedSuccessfully)
        .Select(client => client.Task.Exception?.ToString() ?? $"{client.Name} waits for ever");

    /// <summary>One step happens; what it touched.</summary>
    public Access[] Happen(Step step)
    {
        var (owner, isTime) = (step.Id.Owner, step.Id.Owner == StepId.Time);
        _pending.Remove(step);
        _touched = [];
        var isLate = lateAnswers && step.IsMessage;
        var gone = !isLate && _crashed.Contains(owner);
        if (!isTime && !isLate)
            Touched(ResourceOf(owner), gone ? Touch.Read : Touch.Write);
        if (isLate)
            _pending.Add(Answer(step, step.CarryOut()));
        else if (!gone)
            step.CarryOut()();
        Settle();
        return isTime ? Ticked : [.. _touched];
    }

    /// <summary>Runs everything that can run. When no step is pending, time may pass.</summary>
    public void Settle()
    {
        RunReady();
        if (_pending.Count == 0 && !_ended)
            _pending.Add(new Step(new StepId(StepId.Time, _ticks++), "time passes", () => Pass, IsMessage: false));
        _offered.Clear();
        foreach (var step in _pending)
        {
            if (!IsInOrder(step.Id.Owner) || !_offered.Exists(other => other.Id.Owner == step.Id.Owner))
                _offered.Add(step);
        }
    }

    /// <summary>Does something before the schedule begins, with all that it leaves under way: steps happen as they come.</summary>
    public void RunFreely(Func<Task> act)
    {
        var task = act();
        Settle();
        for (var steps = 0; !task.IsCompleted || _pending.Exists(step => step.Id.Owner != StepId.Time); steps++)
        {
            if (steps >= MostFreeSteps || _pending.Count == 0)
                throw new InvalidOperationException("What is done before the schedule does not end.");
            Happen(_pending[0]);
        }

        _pending.Clear();
        (_ended, _later) = (false, false);
        if (task.IsFaulted)
            ExceptionDispatchInfo.Throw(task.Exception!.InnerException!);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException("A continuation ran outside the schedule: what it does no choice can repeat.");
        _ready.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing may block in a schedule.");

    public override SynchronizationContext CreateCopy() => this;

    private static Step Answer(Step step, Action tell) => new(step.Id with { IsAnswer = true }, step.Label, () => tell, IsMessage: false);

    private bool IsInOrder(int owner) => _inOrder.Contains(owner) || (inOrderLater && _later);

    private string ResourceOf(int owner) => _names[owner];

    // To the next timer that makes somebody ask for something; when none does, everything has ended.
    private void Pass()
    {
        _later = true;
        while (_pending.Count == 0)
        {
            if (!Time.Advance())
            {
                _ended = true;
                return;
            }

            RunReady();
        }
    }

    private void RunReady()
    {
        while (_ready.TryDequeue(out var next))
            next.Callback(next.State);
    }
}
