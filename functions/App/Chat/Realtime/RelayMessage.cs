using System.Text.Json;

namespace Serverless.Chat;

/// <summary>What is pushed, as it travels to the other regions.</summary>
/// <param name="Regions">Where it is still to be pushed; null for all but this one, as at first.</param>
/// <param name="At">Since when it is on its way.</param>
/// <param name="Op">group, user, join or leave.</param>
/// <param name="Groups">Of all but user.</param>
/// <param name="User">Of all but group.</param>
/// <param name="Payload">What is said, with group and user.</param>
public sealed record RelayMessage(IReadOnlyList<string>? Regions, DateTimeOffset At, string Op, IReadOnlyList<string> Groups, string? User, JsonElement? Payload);
