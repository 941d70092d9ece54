namespace Serverless.Tests.Replication.Consistency;

/// <summary>One promise, or that there is none: <see cref="SessionSearch"/> seeks a violation of each yes, <see cref="SessionViolations"/> shows one of each no.</summary>
/// <param name="Mode">How the session asks.</param>
/// <param name="Guarantee">Read your writes, or monotonic reads.</param>
/// <param name="Parted">Whether it is for when the network parts too.</param>
/// <param name="Tells">Whether reads carry the session's X-Causality.</param>
/// <param name="Kept">The promise.</param>
internal sealed record SessionCell(string Mode, string Guarantee, bool Parted, bool Tells, bool Kept);

/// <summary>The session guarantees (Terry et al. 1994) of each mode.</summary>
internal static class SessionTable
{
    public const string ReadYourWrites = "read your writes";
    public const string MonotonicReads = "monotonic reads";

    public static readonly IReadOnlyList<SessionCell> Cells =
    [
        .. SessionMode.Every.SelectMany(mode => new SessionCell[]
        {
            new(mode, ReadYourWrites, Parted: false, Tells: false, Kept: mode is not SessionMode.One),
            new(mode, ReadYourWrites, Parted: true, Tells: false, Kept: mode is SessionMode.Owners or SessionMode.All),
            new(mode, MonotonicReads, Parted: false, Tells: false, Kept: mode is SessionMode.All),
            new(mode, MonotonicReads, Parted: true, Tells: false, Kept: mode is SessionMode.All),
            new(mode, ReadYourWrites, Parted: true, Tells: true, Kept: true),
            new(mode, MonotonicReads, Parted: true, Tells: true, Kept: true),
        }),
    ];

    /// <summary>The cells as Markdown.</summary>
    public static string Text { get; } = string.Join('\n',
    [
        "| a session asks with | reads its writes | … in a partition | reads never go back | … in a partition | both, in a partition, with `X-Causality` on its reads |",
        "|---|---|---|---|---|---|",
        .. SessionMode.Every.Select(mode =>
        {
            var cells = Cells.Where(cell => cell.Mode == mode).ToList();
            var words = cells.Where(cell => !cell.Tells).Select(cell => Word(cell.Kept)).Append(Word(cells.Where(cell => cell.Tells).All(cell => cell.Kept)));
            return $"| {SessionMode.Name(mode)} | {string.Join(" | ", words)} |";
        }),
    ]);

    public static TheoryData<string, string, bool, bool> Where(bool kept) => new(Cells.Where(cell => cell.Kept == kept).Select(cell => (cell.Mode, cell.Guarantee, cell.Parted, cell.Tells)));

    private static string Word(bool kept) => kept ? "yes" : "no";
}
