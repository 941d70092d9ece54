using System.Collections.Immutable;
using CsCheck;

namespace Serverless.Tests.Simulation.Exhaustive;

public class ExplorerLaws
{
    private const int Variables = 2;

    // What each owner does: groups of calls, those of a group at once.
    private static readonly Gen<(int Variable, Touch How)[][][]> Programs =
        Gen.Select(Gen.Int[0, Variables - 1], Gen.Enum<Touch>()).Array[1, 2].Array[1, 2].Array[2, 3]
            .Where(program => program.Sum(groups => groups.Sum(group => group.Length)) <= 6);

    [Fact]
    public void Schedules_that_are_left_out_end_as_others_do() => Programs.Sample(
        program => Outcomes(program, crashes: false, lateAnswers: false).SetEquals(Outcomes(program, crashes: false, lateAnswers: false, everything: true)), iter: 500);

    [Fact]
    public void Schedules_with_a_crash_that_are_left_out_end_as_others_do() => Programs.Where(program => program.Sum(groups => groups.Sum(group => group.Length)) <= 5).Sample(
        program => Outcomes(program, crashes: true, lateAnswers: false).SetEquals(Outcomes(program, crashes: true, lateAnswers: false, everything: true)), iter: 300);

    [Fact]
    public void Schedules_with_late_answers_that_are_left_out_end_as_others_do() => Programs.Where(program => program.Sum(groups => groups.Sum(group => group.Length)) <= 3).Sample(
        program => Outcomes(program, crashes: true, lateAnswers: true).SetEquals(Outcomes(program, crashes: true, lateAnswers: true, everything: true)), iter: 50);

    [Fact]
    public void Calls_that_do_not_conflict_are_explored_in_one_order_and_calls_that_do_in_both()
    {
        Assert.Equal(1, Schedules([[[(0, Touch.Read)]], [[(0, Touch.Read)]]]));
        Assert.Equal(1, Schedules([[[(0, Touch.Add)]], [[(0, Touch.Add)]]]));
        Assert.Equal(1, Schedules([[[(0, Touch.Write)], [(0, Touch.Write)]], [[(1, Touch.Write)]]]));
        Assert.Equal(2, Schedules([[[(0, Touch.Write)]], [[(0, Touch.Read)]]]));
        Assert.Equal(2, Schedules([[[(0, Touch.Write), (1, Touch.Write)]]]));
        Assert.Equal(6, Schedules([[[(0, Touch.Write)], [(0, Touch.Write)]], [[(0, Touch.Write)], [(0, Touch.Write)]]]));
    }

    private static int Schedules((int, Touch)[][][] program)
    {
        var found = Explorer.Explore(new Exploring("a program", context => new Toy(context, program, false, _ => { })), CancellationToken.None);
        Assert.True(found.IsComplete);
        return found.Schedules;
    }

    private static HashSet<string> Outcomes((int, Touch)[][][] program, bool crashes, bool lateAnswers, bool everything = false)
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        var found = Explorer.Explore(
            new Exploring("a program", context => new Toy(context, program, crashes, outcome => outcomes.Add(outcome)), lateAnswers, Everything: everything), CancellationToken.None);
        Assert.True(found.IsComplete, found.ToString());
        return outcomes;
    }

    /// <summary>Owners that read, write and add to a few variables; what they were told, in their order, and what is left at the end.</summary>
    private sealed class Toy(SteppedContext context, (int Variable, Touch How)[][][] program, bool crashes, Action<string> ended) : Scenario(context)
    {
        private readonly ImmutableSortedSet<string>[] _variables = [.. Enumerable.Repeat(ImmutableSortedSet.Create<string>(StringComparer.Ordinal), Variables)];
        private readonly List<string>[] _heard = [.. program.Select(_ => new List<string>())];

        public override void Start()
        {
            for (var number = 0; number < program.Length; number++)
            {
                var (owner, does) = (Context.NewOwner("owner"), number);
                Context.Begin(owner, "an owner", () => LiveAsync(owner, does));
                if (crashes && number == 0)
                    Context.Offer("crash", () => Context.Crash(owner));
            }
        }

        public override IEnumerable<string> BrokenInTheEnd()
        {
            ended($"{string.Join('|', _heard.Select(heard => string.Join(' ', heard)))} {string.Join('|', _variables.Select(held => string.Join(',', held)))}");
            return [];
        }

        private async Task LiveAsync(int owner, int number)
        {
            foreach (var group in program[number])
                await Task.WhenAll(group.Select((call, place) => CallAsync(owner, number, place, call.Variable, call.How)));
        }

        // What is written depends on what was heard before, so that no difference stays hidden.
        private async Task CallAsync(int owner, int number, int place, int variable, Touch how)
        {
            var mark = $"{number}.{_heard[number].Count}.{place}";
            var held = await Context.AskAsync(owner, $"{how} {variable}", () =>
            {
                Context.Touched($"variable {variable}", how);
                var before = string.Join(',', _variables[variable]);
                if (how == Touch.Write)
                    _variables[variable] = [mark];
                else if (how == Touch.Add)
                    _variables[variable] = _variables[variable].Add(mark);
                return Task.FromResult(how == Touch.Add ? "" : before);
            });
            _heard[number].Add($"{place}:{held}");
        }
    }
}
