namespace Serverless.Local.Cloud;

/// <summary>Asks whether a region's storage is there.</summary>
internal static class StorageProbe
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Whether anything answers at the region's tables within 2 s; what it answers does not matter.</summary>
    public static async Task<bool> AnswersAsync(RegionLayout layout, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(layout.Nodes[0].TableEndpoint, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
