namespace Serverless.Capacity;

/// <summary>What a promise of availability allows.</summary>
/// <param name="Percent">The promise.</param>
/// <param name="PerYear">Seconds of downtime in a year of 365 days.</param>
/// <param name="PerMonth">… in a twelfth of it.</param>
/// <param name="PerDay">… in a day.</param>
public sealed record Nine(decimal Percent, decimal PerYear, decimal PerMonth, decimal PerDay)
{
    /// <summary>Seconds of a year of 365 days.</summary>
    public const decimal SecondsPerYear = 365 * SecondsPerDay;

    public const decimal SecondsPerDay = 86_400;

    public static Nine Of(decimal percent)
    {
        var share = 1 - percent / 100;
        return new Nine(percent, share * SecondsPerYear, share * SecondsPerYear / 12, share * SecondsPerDay);
    }
}

/// <summary>The nines.</summary>
internal static class Nines
{
    public const string Source = "Arithmetic: (1 - availability) × 365 × 86,400 s";

    public static readonly IReadOnlyList<Nine> All = [.. new[] { 90, 99, 99.5m, 99.9m, 99.95m, 99.99m, 99.999m, 99.9999m }.Select(Nine.Of)];
}
