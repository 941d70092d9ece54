using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Http;
using Serverless.Limits;

namespace Serverless.Tests.Limits;

public class ApiGuardTests
{
    private const string Rules = """
        domain: api
        descriptors:
          - key: address
            rate_limit: { name: address, unit: hour, requests_per_unit: 4, mode: exact }
            descriptors:
              - key: outcome
                value: unidentified
                rate_limit: { name: guesses, unit: hour, requests_per_unit: 2, mode: exact }
          - key: app
            rate_limit: { name: app, unit: hour, requests_per_unit: 3, mode: exact }
            descriptors:
              - key: class
                value: ids
                rate_limit: { name: ids, unit: hour, requests_per_unit: 1, mode: exact }
          - key: user
            rate_limit: { name: user, unit: hour, requests_per_unit: 0 }
        """;

    private readonly LimiterRig _rig = new();

    [Fact]
    public async Task An_address_is_limited_whatever_headers_the_client_sends()
    {
        var guard = _rig.Guard(Rules);
        for (var i = 0; i < 4; i++)
            Assert.Null(await ArriveAsync(guard, "192.0.2.1", $"198.51.100.{i}"));
        Assert.Equal(429, await ArriveAsync(guard, "192.0.2.1", "198.51.100.9"));
        Assert.Null(await ArriveAsync(guard, "192.0.2.2"));
    }

    [Fact]
    public async Task All_addresses_of_a_64_bit_subnet_are_one_client()
    {
        var guard = _rig.Guard(Rules);
        for (var i = 0; i < 4; i++)
            Assert.Null(await ArriveAsync(guard, $"2001:db8:1:2:{i:x}::{i + 1}"));
        Assert.Equal(429, await ArriveAsync(guard, "2001:db8:1:2:ffff::1"));
        Assert.Null(await ArriveAsync(guard, "2001:db8:1:3::1"));
    }

    [Fact]
    public async Task Of_trusted_proxies_the_address_that_the_last_of_them_heard_counts()
    {
        var guard = _rig.Guard(Rules, new GuardOptions { TrustedProxies = ["10.0.0.0/8", "fd00::/8"] });
        for (var i = 0; i < 4; i++)
            Assert.Null(await ArriveAsync(guard, "::ffff:10.0.0.1", $"198.51.100.{i}, 203.0.113.7:5{i}, 10.1.2.3"));
        Assert.Equal(429, await ArriveAsync(guard, "10.9.9.9", "203.0.113.7"));
        Assert.Null(await ArriveAsync(guard, "10.9.9.9", "203.0.113.8"));
    }

    [Fact]
    public async Task Behind_our_front_door_the_socket_that_it_saw_counts()
    {
        var guard = _rig.Guard(Rules, new GuardOptions { FrontDoorId = "ours" });
        for (var i = 0; i < 5; i++)
            Assert.Equal(i < 4 ? null : 429, await ArriveAsync(guard, $"10.0.0.{i}", $"1.1.1.{i}", ("X-Azure-FDID", "ours"), ("X-Azure-SocketIP", "203.0.113.7")));
        Assert.Null(await ArriveAsync(guard, "10.0.0.9", "", ("X-Azure-FDID", "another"), ("X-Azure-SocketIP", "203.0.113.7")));
    }

    [Fact]
    public async Task Many_app_keys_from_one_address_are_limited_by_the_address()
    {
        var guard = _rig.Guard(Rules);
        var answers = new List<int?>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await ArriveAsync(guard, "192.0.2.1"));
            Assert.Null(await IdentifyAsync(guard, new Caller.Service($"key{i}"), "kv-get"));
        }

        Assert.Equal([null, null, null, null, 429], answers);
    }

    [Fact]
    public async Task Guessing_credentials_is_limited_more_tightly()
    {
        var guard = _rig.Guard(Rules);
        for (var i = 0; i < 3; i++)
            Assert.Equal(i < 2 ? null : 429, await StatusAsync(guard, Context("192.0.2.1"), "kv-get", GuardStage.Unidentified, null));
    }

    [Fact]
    public async Task A_caller_is_limited_in_all_and_by_class_in_every_region()
    {
        var (here, there) = (_rig.Guard(Rules), new LimiterRig(cluster: _rig.Cluster, region: "r2").Guard(Rules));
        var app = new Caller.Service("key");
        Assert.Null(await IdentifyAsync(here, app, "ids-issue"));
        Assert.Equal(429, await IdentifyAsync(there, app, "ids-decode"));
        Assert.Null(await IdentifyAsync(there, app, "kv-get"));
        Assert.Null(await IdentifyAsync(here, app, "kv-put"));
        Assert.Equal(429, await IdentifyAsync(there, app, "kv-get"));
    }

    [Fact]
    public async Task Who_is_allowed_nothing_is_refused_as_limited() =>
        Assert.Equal(429, await IdentifyAsync(_rig.Guard(Rules), new Caller.User("u", new HashSet<string>()), "kv-get"));

    [Fact]
    public async Task A_soft_limit_admits_while_the_storage_is_gone()
    {
        var guard = _rig.Guard("domain: api\ndescriptors: [{ key: address, rate_limit: { unit: second, requests_per_unit: 50, mode: soft, on_failure: open, time_budget_ms: 20 } }]");
        foreach (var fault in _rig.Cluster.Faults.Values)
            fault.Fault = Serverless.Tests.Replication.Fault.Down;
        for (var i = 0; i < 80; i++)
            Assert.Null(await ArriveAsync(guard, "192.0.2.1"));
    }

    private static Task<int?> ArriveAsync(ApiGuard guard, string from, string forwarded = "", params (string Name, string Value)[] headers) =>
        StatusAsync(guard, Context(from, [("X-Forwarded-For", forwarded), .. headers]), "health", GuardStage.Arrived, null);

    private static Task<int?> IdentifyAsync(ApiGuard guard, Caller caller, string function) => StatusAsync(guard, Context("192.0.2.1"), function, GuardStage.Identified, caller);

    private static DefaultHttpContext Context(string from, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        http.Connection.RemoteIpAddress = IPAddress.Parse(from);
        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
            http.Request.Headers[name] = value;
        return http;
    }

    private static async Task<int?> StatusAsync(ApiGuard guard, DefaultHttpContext http, string function, GuardStage stage, Caller? caller)
    {
        if (await guard.DecideAsync(http, function, stage, caller) is not { } refusal)
            return null;
        await refusal.ExecuteAsync(http);
        Assert.Equal(http.Response.StatusCode == 429, http.Response.Headers.ContainsKey("Retry-After"));
        return http.Response.StatusCode;
    }
}
