namespace Serverless.Capacity;

/// <summary>Reckons what a load comes to: purely, from the load and the reference data alone.</summary>
public sealed class Estimator(ReferenceBook references)
{
    public Estimate Of(Load load)
    {
        ArgumentNullException.ThrowIfNull(load);
        var (traffic, trafficFigures) = Traffic.Of(load);
        var (stored, storedFigures) = Stored.Of(load, traffic);
        var (bandwidth, bandwidthFigures) = Bandwidth.Of(load, traffic);
        var (nodes, nodeFigures) = NodeCalls.Of(load, traffic, stored);
        var (messaging, messagingFigures) = Messaging.Of(load, traffic);
        var (compute, computeFigures) = Compute.Of(load, traffic);
        var demand = new Demand(traffic, stored, bandwidth, nodes, messaging, compute);
        var limits = Headrooms.Of(load, demand);
        return new Estimate(
            [trafficFigures, storedFigures, bandwidthFigures, nodeFigures, messagingFigures, computeFigures, Costs.Of(load, demand), Availability.Of(load)],
            references.Prices.AsOf, references.Prices.Region, limits, Headrooms.AtTenfold(limits), Deployment.Of(load, demand), [.. Deployment.Obstacles(load, demand, limits)]);
    }
}
