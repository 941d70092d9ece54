using System.Diagnostics;
using System.Security.Cryptography;

namespace Serverless.Local.Cloud;

/// <summary>
/// The data folder of a region and what is known of its last run. Azurite saves every 5 s, so only a run that ended
/// gracefully kept all it acknowledged. Such a run leaves its token in the file "clean"; "run" holds the token of the
/// last run, so a late marker of an earlier run proves nothing. "unclean" stays until the loss has been dealt with.
/// </summary>
internal sealed class StorageFolder(string path)
{
    private const string Tables = "__azurite_db_table__.json";

    // Start times are read back with the precision of the system's boot time.
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    public string Path { get; } = path;

    public bool HasData => File.Exists(In(Tables));

    public bool IsUnclean => File.Exists(In("unclean")) || (HasData && !EndedCleanly);

    /// <summary>Whether the last run saved all that it acknowledged.</summary>
    public bool EndedCleanly => Read("clean") is { Length: > 0 } token && Read("run").Split('\n')[0] == token;

    /// <summary>Begins a run and returns its token; <paramref name="unclean"/> marks the data until <see cref="Recovered"/>.</summary>
    public string Begin(bool unclean)
    {
        Directory.CreateDirectory(Path);
        if (unclean)
            File.WriteAllText(In("unclean"), "");
        var token = RandomNumberGenerator.GetHexString(16, lowercase: true);
        File.WriteAllText(In("run"), token);
        File.Delete(In("clean"));
        return token;
    }

    /// <summary>Notes the process of the run, for <see cref="WaitForEarlierRunAsync"/>.</summary>
    public void Record(string token, Process process) =>
        File.WriteAllText(In("run"), $"{token}\n{process.Id}\n{process.StartTime.ToUniversalTime().Ticks}");

    public void Recovered() => File.Delete(In("unclean"));

    /// <summary>
    /// Renames the tables of a run that lost writes, so that whoever still uses them is refused rather than answered
    /// with lost writes missing; blobs and queues stay.
    /// </summary>
    public void SetTablesAside()
    {
        if (HasData)
            File.Move(In(Tables), In($"{Tables}.lost"), overwrite: true);
    }

    /// <summary>Waits for the process of an earlier run, which saves for a moment after its parent was killed.</summary>
    public async Task WaitForEarlierRunAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var process = EarlierProcess();
        if (process is null)
            return;
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(limit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new LocalCloudException(
                $"The storage process {process.Id} of an earlier run still uses {Path}: stop it and run this again.");
        }
    }

    public void Delete()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    // The start time tells the process from another that was given its number later.
    private Process? EarlierProcess()
    {
        var run = Read("run").Split('\n');
        if (run.Length < 3 || !int.TryParse(run[1], out var id) || !long.TryParse(run[2], out var ticks))
            return null;
        try
        {
            var process = Process.GetProcessById(id);
            var apart = process.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc);
            return apart.Duration() < StartTolerance ? process : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private string Read(string name) => File.Exists(In(name)) ? File.ReadAllText(In(name)) : "";

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
