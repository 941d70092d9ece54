namespace Serverless.Notifications;

/// <summary>A time of day in which somebody wants quiet, by the clock of where they are.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends; earlier than <paramref name="From"/>: on the next day.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To);
