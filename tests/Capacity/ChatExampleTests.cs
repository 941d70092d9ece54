namespace Serverless.Tests.Capacity;

/// <summary>50 million daily users who write 40 messages each; a tenth of them is connected at peak.</summary>
public class ChatExampleTests
{
    private const double Messages = 50e6 * 40;
    private const double PerSecond = Messages / 24 / 3600;
    private const double Ids = 50e6 / 24 / 3600;
    private const double Connections = 50e6 * 0.1;
    private const double Beats = Connections / 60;

    private readonly ExampleEstimate _example = new("chat");

    [Fact]
    public void Traffic_and_storage_are_as_by_hand()
    {
        _example.Is(PerSecond, "Traffic", "chat: written");
        _example.Is(Connections, "Traffic", "connections at peak");
        _example.Is(Beats, "Traffic", "heartbeats");
        _example.Is((PerSecond * 3 + Ids + Beats) * 2, "Traffic", "requests at peak");
        _example.Is(Messages * (100 + 250) * 365 * 5 * 3 / 1e12, "Storage", "tables: rows with all copies");
    }

    [Fact]
    public void Queues_and_connections_are_as_by_hand()
    {
        // Each message is queued for the absent and for the other regions: sent, received, settled.
        _example.Is(PerSecond * 2 * 3, "Queues and connections", "Service Bus operations");
        _example.Is(PerSecond * 2 * 3 * 2 / 2, "Queues and connections", "operations of a namespace at peak");
        _example.Is(Math.Ceiling(PerSecond * 6 * 0.001 / 4), "Queues and connections", "messaging units of a namespace, were it Premium");
        _example.Is(PerSecond * (1 + 0.1), "Queues and connections", "messages pushed");
        _example.Is(Connections / 2 / 1_000, "Queues and connections", "SignalR units of a stamp, as they can be had");
    }

    [Fact]
    public void Nodes_and_instances_are_as_by_hand()
    {
        var (writes, reads) = (PerSecond * 1.5 * 3 + Beats * 3, PerSecond * 2 * 2);
        _example.Is((writes + reads) * 2, "Partitions and accounts", "calls at peak");
        _example.Is(Math.Ceiling(Math.Ceiling((writes + reads) * 2 / 20_000) / 3), "Partitions and accounts", "nodes of a region");
        _example.Is((writes * 3 + reads) * 2 / (256 * 3), "Partitions and accounts", "entities of a partition at peak");

        var atOnce = (PerSecond * 3 + Beats) * 0.165 + (PerSecond * 3 + Ids + Beats) * 0.002;
        _example.Is(atOnce, "Instances", "requests at once");
        _example.Is(Math.Max(Math.Ceiling(atOnce / 128), Math.Ceiling((PerSecond * 3 + Ids + Beats) * 0.002 / 2 / 0.6)), "Instances", "instances of 4,096 MB that a stamp needs");
    }

    [Fact]
    public void Cost_and_availability_are_as_by_hand()
    {
        const double Month = 730 * 3600;
        const double Operations = PerSecond * 6 * Month / 1e6;
        _example.Is(330, "Cost of a month", "Front Door, base fee");
        _example.Is(87 * 0.8 + 2_400 * 0.5 + (Operations - 2_500) * 0.2, "Cost of a month", "Service Bus, operations");
        _example.Is(3 * 2_500 * 60.83, "Cost of a month", "SignalR, units");

        // 7,500 units send 7,500 million messages a day for their price.
        _example.Is(0, "Cost of a month", "SignalR, further messages");
        Assert.Equal(0.9995 * 0.999 * 0.9995 * 0.999, _example.Value("Availability", "a stamp: Functions, Service Bus, SignalR and storage in series"), 11);
    }

    [Fact]
    public void The_template_says_what_it_cannot_hold()
    {
        var limits = _example.Estimate.Obstacles.Select(sentence => sentence[..sentence.IndexOf(':', StringComparison.Ordinal)]);
        Assert.Equal(
            ["Operations of a region's queues", "SignalR units of a region", "Worker ids of a region", "Requests through Front Door", "Entities of a partition"], limits);
        Assert.Contains("SignalR units of a region: 2,500 units are needed, and 100 units are to be had.", _example.Estimate.Obstacles);
    }
}
