using System.Globalization;
using System.Text.Json;

namespace Serverless.Local.Demo;

/// <summary>Unique ids in five ways, which stay unique while the storage of a region dies and returns.</summary>
internal sealed class IdsScenes
{
    private const int Batch = 1_000;

    private readonly string _sequence;
    private readonly HashSet<string> _flakes = [];
    private readonly HashSet<string> _tickets = [];

    /// <param name="clock">Makes a sequence that no earlier demo counted.</param>
    public IdsScenes(TimeProvider clock) => _sequence = string.Create(CultureInfo.InvariantCulture, $"demo-{clock.GetUtcNow().ToUnixTimeSeconds():x}");

    public Scene FiveWays => new("Unique ids five ways", FiveWaysAsync);

    public Scene DuringDeath => new("Ids go on while that storage is gone", stage => AgainAsync(stage, "without it"));

    public Scene AfterReturn => new("Ids go on after it came back empty", stage => AgainAsync(stage, "after its return"));

    private async Task FiveWaysAsync(DemoStage stage)
    {
        foreach (var strategy in new[] { "snowflake", "uuid7", "uuid4", "ticket", "multimaster" })
        {
            var id = await IdsAsync(stage, strategy, 1) is [var only] ? only : "";
            var told = await stage.JsonAsync($"ids/{id}");
            var members = told.EnumerateObject().Where(member => member.Name != "id").Select(member => $"{member.Name} {member.Value}");
            stage.Check(id.Length > 0, $"{strategy,-11} {id,-36}  {string.Join(", ", members)}");
        }

        var flakes = await IdsAsync(stage, "snowflake", Batch);
        stage.Check(flakes.Count == Batch && flakes.SequenceEqual(flakes.Order(Comparer<string>.Create(ById))), $"{Batch} snowflakes at once, each greater than the one before");
        await AgainAsync(stage, "so far");
    }

    private async Task AgainAsync(DemoStage stage, string when)
    {
        var (flakes, tickets) = (await SoonAsync(stage, "snowflake"), await SoonAsync(stage, "ticket"));
        stage.Check(flakes.Count == Batch && flakes.All(_flakes.Add), $"{Batch} snowflakes {when}: none of the {_flakes.Count} was issued twice");
        stage.Check(tickets.Count == Batch && tickets.All(_tickets.Add), $"{Batch} numbers of a ticket sequence {when}: none of the {_tickets.Count} was issued twice");
    }

    // While a table's loss is being noticed, ids are refused rather than repeated.
    private async Task<IReadOnlyList<string>> SoonAsync(DemoStage stage, string strategy)
    {
        IReadOnlyList<string> ids = [];
        await stage.UntilAsync(async () => (ids = await IdsAsync(stage, strategy, Batch)).Count > 0, TimeSpan.FromSeconds(60));
        return ids;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(DemoStage stage, string strategy, int count)
    {
        var name = strategy is "ticket" or "multimaster" ? $"&name={_sequence}" : "";
        using var answer = await stage.PostAsync(string.Create(CultureInfo.InvariantCulture, $"ids?strategy={strategy}&count={count}{name}"));
        if (!answer.IsSuccessStatusCode)
            return [];
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return [.. body.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];
    }

    private static int ById(string? one, string? other) => string.CompareOrdinal(one?.PadLeft(19, '0'), other?.PadLeft(19, '0'));
}
