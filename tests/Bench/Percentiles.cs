namespace Serverless.Bench;

internal static class Percentiles
{
    /// <summary>The value that <paramref name="percent"/> of all are not above (nearest rank).</summary>
    /// <param name="values">At least one.</param>
    /// <param name="percent">From 0 to 100.</param>
    public static double Percentile(this IReadOnlyCollection<double> values, int percent) =>
        values.Order().ElementAt(Math.Max(0, (values.Count * percent + 99) / 100 - 1));
}
