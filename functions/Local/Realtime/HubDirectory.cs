using System.Text.Json;

namespace Serverless.Local.Realtime;

/// <summary>
/// Where the hubs of a cloud's heads listen: one file a head in the data folder. In Azure a region has one SignalR Service for all its instances; here the heads of a region stand for it together.
/// </summary>
/// <param name="folder">The cloud's data folder; null: there is one head, which nobody looks for.</param>
internal sealed class HubDirectory(string? folder)
{
    private string? Hubs => folder is null ? null : Path.Combine(folder, "hubs");

    /// <summary>Enters a head, until it is disposed of.</summary>
    public IDisposable Enter(string region, Uri address)
    {
        if (Hubs is not { } hubs)
            return new Entry(null);
        Directory.CreateDirectory(hubs);
        var file = Path.Combine(hubs, $"{address.Port}.json");
        var whole = $"{file}.{Environment.ProcessId}";
        File.WriteAllText(whole, JsonSerializer.Serialize(new Head(region, address)));
        File.Move(whole, file, overwrite: true);
        return new Entry(file);
    }

    /// <summary>The heads of a region, without the one that listens at <paramref name="except"/>.</summary>
    public IReadOnlyList<Uri> Of(string region, Uri? except)
    {
        if (Hubs is not { } hubs || !Directory.Exists(hubs))
            return [];
        return [.. Directory.EnumerateFiles(hubs, "*.json").Select(Read).OfType<Head>().Where(head => head.Region == region && head.Address != except).Select(head => head.Address)];
    }

    /// <summary>Forgets a head that does not listen any more.</summary>
    public void Forget(Uri address)
    {
        if (Hubs is { } hubs)
            File.Delete(Path.Combine(hubs, $"{address.Port}.json"));
    }

    private static Head? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Head>(File.ReadAllText(file));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Head(string Region, Uri Address);

    private sealed class Entry(string? file) : IDisposable
    {
        public void Dispose()
        {
            if (file is not null)
                File.Delete(file);
        }
    }
}
