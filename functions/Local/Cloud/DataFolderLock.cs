namespace Serverless.Local.Cloud;

/// <summary>Keeps a second local cloud off a data folder: a file held open, which the system releases however the holder ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Creates the folder where it is missing and takes its lock; throws when another process has it.</summary>
    public static DataFolderLock Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalCloudException($"The data folder {folder} cannot be created; choose another with --data ({e.Message}).", e);
        }

        try
        {
            return new(new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalCloudException($"The data folder {folder} cannot be written; choose another with --data.", e);
        }
        catch (IOException e)
        {
            throw new LocalCloudException(
                $"Another local cloud uses the data folder {folder}: stop it, or choose another folder with --data.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
