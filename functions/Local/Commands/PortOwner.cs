namespace Serverless.Local.Commands;

/// <summary>Asks the program that listens at a port what it is.</summary>
internal static class PortOwner
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    public static async Task<string> DescribeAsync(int port)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/health"));
            var named = response.Headers.TryGetValues("Server", out var values);
            var server = named ? string.Join(' ', values!) : "an HTTP server without a name";
            return response.IsSuccessStatusCode ? $"{server} answers there, healthy as a local cloud" : $"{server} answers there";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return "it does not answer HTTP";
        }
    }
}
