using System.Text.Json;

namespace Serverless.Chat;

/// <summary>What is pushed, as it travels to another region.</summary>
/// <param name="Region">Where it is to be pushed.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="At">Since when it is on its way.</param>
/// <param name="Op">group, user, join or leave.</param>
/// <param name="Groups">Of all but user.</param>
/// <param name="User">Of all but group.</param>
/// <param name="Payload">What is said, with group and user.</param>
public sealed record RelayMessage(string Region, string Origin, DateTimeOffset At, string Op, IReadOnlyList<string> Groups, string? User, JsonElement? Payload);
