namespace Serverless.Local.Host;

/// <summary>What a local head is made of.</summary>
public sealed record LocalHeadOptions
{
    /// <summary>Where it listens; port 0 takes a free one. Default <c>http://127.0.0.1:7071</c>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:7071";

    /// <summary>The storage of timers and queues; null starts neither, and sending to a queue fails.</summary>
    public string? StorageConnectionString { get; init; }

    /// <summary>Settings over those of the environment, for example the keys <c>Functions:Keys:default</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The functions to run; null means those of the app.</summary>
    public FunctionCatalog? Functions { get; init; }

    /// <summary>Null means the host.json beside the program.</summary>
    public HostJson? Host { get; init; }

    public QueueOptions Queues { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Gives invocation ids and the head's name in leases; null takes a seed from the system.</summary>
    public Random? Random { get; init; }

    /// <summary>What another part of the local cloud adds after the app's own services; the last registration wins.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }
}
