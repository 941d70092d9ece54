namespace Serverless.Local.Cloud;

/// <summary>A node of the local cloud: one storage account in the storage process of its region.</summary>
/// <param name="Id">Region and letter: "local-1-a".</param>
/// <param name="Region">Region it lies in: "local-1".</param>
/// <param name="TableEndpoint">Address of its tables, with the account in the path.</param>
/// <param name="Account">Name of the account: "r1n1".</param>
/// <param name="Key">Key of the account, base64; the same on every machine, for nothing outside can reach it.</param>
public sealed record LocalNode(string Id, string Region, Uri TableEndpoint, string Account, string Key);
