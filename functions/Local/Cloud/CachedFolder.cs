using System.Security.Cryptography;

namespace Serverless.Local.Cloud;

/// <summary>Folders of the user's that are made once and then shared by every clone: a folder with the final name is always complete, whoever else makes it meanwhile.</summary>
internal static class CachedFolder
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Where they are kept.</summary>
    public static string OfUser()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "serverless");
    }

    /// <summary>Makes a folder unless it is there: in one beside it, which is then moved.</summary>
    /// <param name="folder">Its final name.</param>
    /// <param name="make">Fills the folder that it is given.</param>
    /// <param name="clock">The clock.</param>
    public static async Task EnsureAsync(string folder, Func<string, Task> make, TimeProvider clock)
    {
        if (Directory.Exists(folder))
            return;
        var parent = Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        DeleteAbandoned(parent, clock);
        var workplace = parent.CreateSubdirectory($"making-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        try
        {
            await make(workplace.FullName);
            Directory.Move(workplace.FullName, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another process was first.
        }
        finally
        {
            DeleteQuietly(workplace);
        }
    }

    private static void DeleteAbandoned(DirectoryInfo parent, TimeProvider clock)
    {
        foreach (var folder in parent.EnumerateDirectories("making-*"))
        {
            if (clock.GetUtcNow() - folder.LastWriteTimeUtc > AbandonedAfter)
                DeleteQuietly(folder);
        }
    }

    private static void DeleteQuietly(DirectoryInfo folder)
    {
        try
        {
            folder.Refresh();
            if (folder.Exists)
                folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Left for the next one to delete.
        }
    }
}
