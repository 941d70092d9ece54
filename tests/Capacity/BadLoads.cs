namespace Serverless.Tests.Capacity;

/// <summary>Loads that are refused, with the field that is named and the sentence that says why.</summary>
internal static class BadLoads
{
    private const string Users = "\"users\": {\"daily\": 1000}";
    private const string Services = "\"services\": {\"kv\": {\"actionsPerUserPerDay\": 1}}";
    private const string Regions = "\"regions\": [{\"location\": \"koreacentral\"}]";

    public static TheoryData<string, string, string> All => new()
    {
        { $"{{{Services}, {Regions}}}", "users", "users is needed." },
        { $"{{\"users\": 5, {Services}, {Regions}}}", "users", "users must be an object." },
        { $"{{\"users\": {{}}, {Services}, {Regions}}}", "users.monthly", "users.monthly is needed." },
        { $"{{\"users\": {{\"daily\": -1}}, {Services}, {Regions}}}", "users.daily", "users.daily must be a whole number from 0 to 10000000000." },
        { $"{{\"users\": {{\"monthly\": -300000000, \"dailyShare\": 0.5}}, {Services}, {Regions}}}", "users.monthly", "users.monthly must be a whole number from 0 to 10000000000." },
        { $"{{\"users\": {{\"monthly\": 10, \"dailyShare\": 1.5}}, {Services}, {Regions}}}", "users.dailyShare", "users.dailyShare must be a number from 0 to 1." },
        { $"{{\"users\": {{\"monthly\": 10}}, {Services}, {Regions}}}", "users.dailyShare", "users.dailyShare is needed." },
        { $"{{\"users\": {{\"daily\": 10, \"monthly\": 10}}, {Services}, {Regions}}}", "users.daily", "users is either daily, or monthly and dailyShare." },
        { $"{{\"users\": {{\"daily\": 10, \"weekly\": 10}}, {Services}, {Regions}}}", "users.weekly", "There is no field users.weekly; taken are daily, monthly, dailyShare." },
        { $"{{{Users}, {Regions}}}", "services", "services is needed." },
        { $"{{{Users}, \"services\": {{}}, {Regions}}}", "services", "services must name at least one of posts, kv, chat, notifications, ids, limits." },
        { $"{{{Users}, \"services\": {{\"video\": {{}}}}, {Regions}}}", "services.video", "There is no service video; known are posts, kv, chat, notifications, ids, limits." },
        { $"{{{Users}, \"services\": {{\"kv\": 2}}, {Regions}}}", "services.kv", "services.kv must be an object, such as {\"actionsPerUserPerDay\": 2}." },
        { $"{{{Users}, \"services\": {{\"kv\": {{}}}}, {Regions}}}", "services.kv.actionsPerUserPerDay", "services.kv.actionsPerUserPerDay is needed." },
        { $"{{{Users}, \"services\": {{\"kv\": {{\"actionsPerUserPerDay\": \"2\"}}}}, {Regions}}}", "services.kv.actionsPerUserPerDay", "services.kv.actionsPerUserPerDay must be a number from 0 to 10000." },
        { $"{{{Users}, \"services\": {{\"kv\": {{\"actionsPerUserPerDay\": 1, \"batch\": 5}}}}, {Regions}}}", "services.kv.batch", "There is no field services.kv.batch; taken are actionsPerUserPerDay, bytesPerItem, readsPerWrite, mediaShare, mediaBytes." },
        { $"{{{Users}, \"services\": {{\"posts\": {{\"actionsPerUserPerDay\": 1, \"mediaShare\": -0.1}}}}, {Regions}}}", "services.posts.mediaShare", "services.posts.mediaShare must be a number from 0 to 1." },
        { $"{{{Users}, \"services\": {{\"chat\": {{\"actionsPerUserPerDay\": 1, \"readers\": 0}}}}, {Regions}}}", "services.chat.readers", "services.chat.readers must be a whole number from 1 to 99." },
        { $"{{{Users}, \"services\": {{\"notifications\": {{\"actionsPerUserPerDay\": 1, \"batch\": 501}}}}, {Regions}}}", "services.notifications.batch", "services.notifications.batch must be a whole number from 1 to 500." },
        { $"{{{Users}, {Services}}}", "regions", "regions is needed." },
        { $"{{{Users}, {Services}, \"regions\": []}}", "regions", "regions must be a list of 1 to 64." },
        { $"{{{Users}, {Services}, \"regions\": [\"koreacentral\"]}}", "regions[0]", "regions[0] must be an object, such as {\"location\": \"koreacentral\"}." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"role\": \"stamp\"}}]}}", "regions[0].location", "regions[0].location is needed." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"atlantis\"}}]}}", "regions[0].location", "regions[0].location is \"atlantis\", which is no Azure region that is known here." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"eastus\"}}, {{\"location\": \"eastus\"}}]}}", "regions[1].location", "regions[1].location names eastus a second time." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"eastus\", \"role\": \"spare\"}}]}}", "regions[0].role", "regions[0].role must be stamp or witness." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"westus\", \"zones\": true}}]}}", "regions[0].zones", "regions[0].zones is true, but westus has no availability zones." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"eastus\", \"role\": \"witness\"}}]}}", "regions", "At least one of regions must be a stamp." },
        { $"{{{Users}, {Services}, \"regions\": [{{\"location\": \"eastus\", \"nodes\": 3}}]}}", "regions[0].nodes", "There is no field regions[0].nodes; taken are location, role, zones." },
        { $"{{{Users}, {Services}, {Regions}, \"peakFactor\": 0.5}}", "peakFactor", "peakFactor must be a number from 1 to 100." },
        { $"{{{Users}, {Services}, {Regions}, \"retentionYears\": 0}}", "retentionYears", "retentionYears must be a number from 0.01 to 100." },
        { $"{{{Users}, {Services}, {Regions}, \"copies\": 8}}", "copies", "copies must be a whole number from 1 to 7." },
        { $"{{{Users}, {Services}, {Regions}, \"frontDoor\": \"gold\"}}", "frontDoor", "frontDoor must be none, standard or premium." },
        { $"{{{Users}, {Services}, {Regions}, \"signalR\": \"free\"}}", "signalR", "signalR must be standard or premium." },
        { $"{{{Users}, {Services}, {Regions}, \"isolated\": true}}", "isolated", "isolated needs frontDoor premium: only that reaches stamps over Private Link." },
        { $"{{{Users}, {Services}, {Regions}, \"name\": \"No\"}}", "name", "name must be a text of 3 to 8 characters." },
        { $"{{{Users}, {Services}, {Regions}, \"name\": \"1abc\"}}", "name", "name must be 3 to 8 small letters and digits, beginning with a letter." },
        { $"{{{Users}, {Services}, {Regions}, \"budget\": 5}}", "budget", "There is no field budget; taken are name, users, services, regions, peakFactor, retentionYears, copies, frontDoor, isolated, signalR." },
    };
}
