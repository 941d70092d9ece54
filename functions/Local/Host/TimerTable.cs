using System.Globalization;
using Azure;
using Azure.Data.Tables;

namespace Serverless.Local.Host;

/// <summary>Keeps the timers' states in the table <c>localtimers</c>, one row per function, changed by ETag.</summary>
internal sealed class TimerTable
{
    public const string Name = "localtimers";

    private const string Partition = "timer";

    private readonly TableClient _table;

    public TimerTable(string connectionString)
    {
        // The loops retry by themselves; the defaults would hold a loop for many seconds while the storage is down.
        var options = new TableClientOptions();
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(2);
        _table = new TableClient(connectionString, Name, options);
    }

    /// <summary>The function's state; at first sight its schedule begins at <paramref name="now"/>.</summary>
    public async Task<TimerState> ReadOrBeginAsync(string function, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await _table.GetEntityIfExistsAsync<TableEntity>(Partition, Key(function), cancellationToken: cancellationToken);
        if (found.HasValue)
            return Read(found.Value!);

        await _table.CreateIfNotExistsAsync(cancellationToken);
        try
        {
            var begun = new TimerState(now, "", now, default);
            var response = await _table.AddEntityAsync(Row(function, begun), cancellationToken);
            return begun with { Version = response.Headers.ETag!.Value };
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            return Read((await _table.GetEntityAsync<TableEntity>(Partition, Key(function), cancellationToken: cancellationToken)).Value);
        }
    }

    /// <summary>Replaces the state whose version <paramref name="state"/> carries; null when another head was faster.</summary>
    public async Task<TimerState?> TryWriteAsync(string function, TimerState state, CancellationToken cancellationToken)
    {
        try
        {
            var response = await _table.UpdateEntityAsync(Row(function, state), state.Version, TableUpdateMode.Replace, cancellationToken);
            return state with { Version = response.Headers.ETag!.Value };
        }
        catch (RequestFailedException lost) when (lost.Status is 412 or 404)
        {
            return null;
        }
    }

    private static TimerState Read(TableEntity row) => new(
        Time(row, nameof(TimerState.Last)), row.GetString(nameof(TimerState.LeaseOwner)) ?? "",
        Time(row, nameof(TimerState.LeaseEnd)), row.ETag);

    // As round-trip text: the table's own date type keeps fewer digits.
    private static TableEntity Row(string function, TimerState state) => new(Partition, Key(function))
    {
        [nameof(TimerState.Last)] = state.Last.ToString("O", CultureInfo.InvariantCulture),
        [nameof(TimerState.LeaseOwner)] = state.LeaseOwner,
        [nameof(TimerState.LeaseEnd)] = state.LeaseEnd.ToString("O", CultureInfo.InvariantCulture),
    };

    private static DateTimeOffset Time(TableEntity row, string name) =>
        DateTimeOffset.Parse(row.GetString(name), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static string Key(string function) => function.ToLowerInvariant();
}
