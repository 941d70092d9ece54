namespace Serverless.Capacity;

/// <summary>What one service is asked, on average and for each second.</summary>
/// <param name="Written">Items.</param>
/// <param name="Read">Items.</param>
/// <param name="Requests">That write items, one or several each.</param>
internal sealed record ServiceTraffic(ServiceLoad Load, Recipe Recipe, Term Written, Term Read, Term Requests);

/// <summary>How much is asked.</summary>
/// <param name="DailyUsers">Users of a day.</param>
/// <param name="Services">Each service.</param>
/// <param name="Connections">Devices that are connected at peak.</param>
/// <param name="Beats">Heartbeats a second.</param>
/// <param name="Requests">Of all services, a second, on average.</param>
/// <param name="Peak">… at peak.</param>
/// <param name="Carrying">Stamps that carry the peak when one of several is lost.</param>
internal sealed record Traffic(Term DailyUsers, IReadOnlyList<ServiceTraffic> Services, Term Connections, Term Beats, Term Requests, Term Peak, Term Carrying)
{
    public const string Group = "Traffic";

    public static (Traffic Traffic, FigureGroup Figures) Of(Load load)
    {
        var sheet = new Sheet(Group);
        var (users, peakFactor) = (load.Users, Term.Of(load.PeakFactor));
        var daily = sheet.Add("users of a day", "users", users.Daily is { } given ? Term.Of(given, "users") : Term.Of(users.Monthly, "users") * Term.Of(users.DailyShare));
        var services = load.Services.Select(service => Of(sheet, service, daily, peakFactor)).ToList();
        var connections = sheet.Add("connections at peak", "connections", Term.Sum(load.Services.Where(one => one.Kind == ServiceKind.Chat).Select(one => daily * Term.Of(one.ConnectedShare))));
        var beats = sheet.Add("heartbeats", "/s", connections / Assumptions.HeartbeatSeconds);
        var requests = sheet.Add("requests", "/s", Term.Sum(services.SelectMany(one => new[] { one.Requests, one.Read }).Append(beats)));
        var peak = sheet.Add("requests at peak", "/s", requests * peakFactor);
        var carrying = sheet.Add("stamps that carry the peak when one is lost", "stamps", Term.Max(Term.Of(1), Term.Of(load.Stamps.Count, "stamps") - Term.Of(1)));
        return (new Traffic(daily, services, connections, beats, requests, peak, carrying), sheet.Close());
    }

    private static ServiceTraffic Of(Sheet sheet, ServiceLoad load, Term daily, Term peakFactor)
    {
        var recipe = Recipe.Of(load.Kind);
        var written = sheet.Add($"{recipe.Name}: written", "/s", daily * Term.Of(load.ActionsPerUserPerDay, recipe.Items) / Assumptions.SecondsPerDay);
        sheet.Add($"{recipe.Name}: written at peak", "/s", written * peakFactor);
        var read = sheet.Add($"{recipe.Name}: read", "/s", written * Term.Of(load.ReadsPerWrite, "reads"));
        sheet.Add($"{recipe.Name}: read at peak", "/s", read * peakFactor);
        var requests = load.Batch == 1 ? written : sheet.Add($"{recipe.Name}: requests that write", "/s", written / Term.Of(load.Batch, recipe.Items));
        return new ServiceTraffic(load, recipe, written, read, requests);
    }
}
