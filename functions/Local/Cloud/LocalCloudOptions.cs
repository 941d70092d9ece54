namespace Serverless.Local.Cloud;

/// <summary>What the local cloud consists of and where it keeps its data.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>The highest <see cref="Port"/>: the ports derived from it must exist too.</summary>
    public const int MaxPort = ushort.MaxValue - 200;

    /// <summary>The most <see cref="NodesPerRegion"/>: 9.</summary>
    public const int MaxNodes = 9;

    /// <summary>Regions, each with a storage process of its own: 1 to 9, default 3.</summary>
    public int Regions { get; init; } = 3;

    /// <summary>Nodes (storage accounts) in each region of a cluster that begins here: 1 to 9, default 2. Which there are later says the stored membership.</summary>
    public int NodesPerRegion { get; init; } = 2;

    /// <summary>
    /// Port of the head, from which the storage ports follow: region r, counted from 0, has its blobs at Port + 100 + 10 r,
    /// queues and tables at the next two. 0 picks free ports; otherwise 1 to <see cref="MaxPort"/>, default 7071.
    /// </summary>
    public int Port { get; init; } = 7071;

    /// <summary>Folder of the data, one folder in it per region; default ".local" below the current folder.</summary>
    public string DataFolder { get; init; } = ".local";

    /// <summary>Deletes the data of every region first; default false.</summary>
    public bool Fresh { get; init; }

    /// <summary>Keeps nothing on disk and does not use <see cref="DataFolder"/>: a process that dies loses everything; default false.</summary>
    public bool InMemory { get; init; }

    /// <summary>Time between the death of a storage process and its restart: 0 to 10 minutes, default 10 seconds.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a storage process has to save and end before it is killed: 0 to 10 minutes, default 10 seconds.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a storage process has to answer its first request: up to 10 minutes, default 60 seconds.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Chooses the free ports when <see cref="Port"/> is 0; by default seeded by the process, so that processes choose apart.</summary>
    public Random Random { get; init; } = new(Environment.ProcessId);

    /// <summary>One sentence about the first value out of bounds, or null.</summary>
    public string? Problem()
    {
        static bool Within(TimeSpan value) => value >= TimeSpan.Zero && value <= TimeSpan.FromMinutes(10);

        return this switch
        {
            { Regions: < 1 or > 9 } => $"The number of regions must be from 1 to 9, not {Regions}.",
            { NodesPerRegion: < 1 or > MaxNodes } => $"The number of nodes in a region must be from 1 to 9, not {NodesPerRegion}.",
            { Port: < 0 or > MaxPort } => $"The port must be from 1 to {MaxPort}, or 0 for free ports, not {Port}.",
            { InMemory: false } when string.IsNullOrWhiteSpace(DataFolder) => "The data folder must have a name.",
            _ when !Within(RestartDelay) => $"The restart delay must be from 0 to 10 minutes, not {RestartDelay}.",
            _ when !Within(StopLimit) => $"The stop limit must be from 0 to 10 minutes, not {StopLimit}.",
            _ when !Within(StartLimit) => $"The start limit must be from 0 to 10 minutes, not {StartLimit}.",
            _ => null,
        };
    }
}
