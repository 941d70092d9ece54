namespace Serverless.Tests.Chat;

/// <summary>What came of a life.</summary>
/// <param name="Broken">Laws that were.</param>
/// <param name="Acknowledged">Events whose senders were told.</param>
/// <param name="Restarts">Times that a device had to begin a room anew.</param>
/// <param name="Trace">A line that two runs of one seed share.</param>
internal sealed record ChatLife(IReadOnlyList<string> Broken, int Acknowledged, int Restarts, string Trace);
