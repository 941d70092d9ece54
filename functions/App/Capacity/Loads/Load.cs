namespace Serverless.Capacity;

/// <summary>What is to be carried.</summary>
/// <param name="Name">Of the deployment, in every resource's name: 3 to 8 small letters and digits, beginning with a letter; default "svplan".</param>
/// <param name="Users">Who comes.</param>
/// <param name="Services">What they do; each service at most once.</param>
/// <param name="Regions">Where it runs; at least one is a stamp, and none is named twice.</param>
/// <param name="PeakFactor">Peak over average: 1 to 100, default 2.</param>
/// <param name="RetentionYears">How long items are kept: 0.01 to 100 years, default 5. Services that keep theirs for less do so.</param>
/// <param name="Copies">Of each row: 1 to 7, default 3. A majority of them answers each read and write.</param>
/// <param name="FrontDoor">What is in front; default standard.</param>
/// <param name="Isolated">Whether stamps and storage are reached over private networks only, which takes frontDoor premium; default false.</param>
/// <param name="SignalR">The plan that holds connections; default standard.</param>
public sealed record Load(
    string Name, Population Users, IReadOnlyList<ServiceLoad> Services, IReadOnlyList<LoadRegion> Regions, decimal PeakFactor, decimal RetentionYears, int Copies, FrontDoorTier FrontDoor,
    bool Isolated, SignalRPlan SignalR)
{
    /// <summary>The regions that serve.</summary>
    public IReadOnlyList<LoadRegion> Stamps { get; } = [.. Regions.Where(region => region.IsStamp)];
}

/// <summary>Who comes: so many a day, or a share of so many a month.</summary>
/// <param name="Daily">Users of a day; null: <paramref name="Monthly"/> and <paramref name="DailyShare"/> say how many.</param>
/// <param name="Monthly">Users of a month: 0 to 10^10.</param>
/// <param name="DailyShare">Share of them that comes each day: 0 to 1.</param>
public sealed record Population(long? Daily, long Monthly, decimal DailyShare);

/// <summary>What users do with one service.</summary>
/// <param name="Kind">The service.</param>
/// <param name="ActionsPerUserPerDay">Items that a user writes each day: 0 to 10,000.</param>
/// <param name="BytesPerItem">0 to 100 million.</param>
/// <param name="ReadsPerWrite">Items read for each one that is written: 0 to 10,000.</param>
/// <param name="MediaShare">Share of the items that have media beside them: 0 to 1, default 0.</param>
/// <param name="MediaBytes">Bytes of each of those: 0 to 10^9, default 0. They lie in blobs.</param>
/// <param name="Batch">Items in one request, for notifications: 1 to 500, default 1.</param>
/// <param name="ConnectedShare">Share of the day's users that are connected at peak, for chat: 0 to 1, default 0.1.</param>
/// <param name="Readers">Others to whom a message is pushed if they are connected, for chat: 1 to 99, default 1.</param>
public sealed record ServiceLoad(
    ServiceKind Kind, decimal ActionsPerUserPerDay, decimal BytesPerItem, decimal ReadsPerWrite, decimal MediaShare = 0, decimal MediaBytes = 0, int Batch = 1, decimal ConnectedShare = 0,
    int Readers = 1);

/// <param name="Location">The Azure region, such as koreacentral.</param>
/// <param name="Continent">Where that is; transfer is priced by it.</param>
/// <param name="IsStamp">Whether it serves; else it is a witness, which only keeps copies and votes.</param>
/// <param name="Zones">Whether it is spread over three zones.</param>
public sealed record LoadRegion(string Location, Continent Continent, bool IsStamp, bool Zones);

/// <summary>What is in front of the stamps.</summary>
public enum FrontDoorTier
{
    None,
    Standard,
    Premium,
}

/// <summary>What holds the connections.</summary>
public enum SignalRPlan
{
    Standard,
    Premium,
}
