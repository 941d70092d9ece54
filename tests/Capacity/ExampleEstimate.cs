using Serverless.Capacity;

namespace Serverless.Tests.Capacity;

/// <summary>The estimate of an example, compared with what was reckoned by hand.</summary>
internal sealed class ExampleEstimate
{
    // Figures keep six digits, and each builds on others.
    private const double Precision = 2e-5;

    public ExampleEstimate(string name)
    {
        Load = Assert.IsType<LoadReading.Read>(LoadReader.Parse(LoadExamples.Find(name)!)).Load;
        Estimate = new Estimator(ReferenceBook.Current).Of(Load);
    }

    public Load Load { get; }

    public Estimate Estimate { get; }

    public double Value(string group, string figure) => (double)Estimate.Of(group, figure).Value;

    public void Is(double byHand, string group, string figure) => Assert.InRange(Value(group, figure), byHand - Math.Abs(byHand) * Precision, byHand + Math.Abs(byHand) * Precision);

    public void Bears(double times, string limit) => Assert.InRange((double)Estimate.Limits.Single(one => one.Limit == limit).Times, times * (1 - Precision), times * (1 + Precision));
}
