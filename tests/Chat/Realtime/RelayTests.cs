using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Serverless.Chat;
using Serverless.Ids;
using Serverless.Queues;
using Serverless.Realtime;
using Serverless.Replication;

namespace Serverless.Tests.Chat;

/// <summary>How the other regions are told, where some of them cannot be.</summary>
public sealed class RelayTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ChatMetrics _metrics = new();
    private readonly Dictionary<string, ToldRegion> _regions = new(StringComparer.Ordinal) { ["east"] = new(), ["north"] = new(), ["west"] = new() };
    private readonly Held _held = new();
    private readonly Pushes _pushes;

    public RelayTests()
    {
        var regions = new RealtimeRegions("east", _regions.ToDictionary(one => one.Key, IRealtime (one) => one.Value, StringComparer.Ordinal));
        _pushes = new Pushes(regions, _held, new Uuid7Generator(_clock, new Random(1)), _clock, _metrics, NullLogger<Pushes>.Instance);
    }

    [Fact]
    public async Task One_message_on_the_queue_tells_all_other_regions()
    {
        await _pushes.ToRoomAsync("r", new { text = "hello" });
        Assert.Equal(["hello"], _regions["east"].Heard);
        Assert.Null(await NextAsync());
        Assert.Equal(["hello"], _regions["north"].Heard);
        Assert.Equal(["hello"], _regions["west"].Heard);
        Assert.Equal(["hello"], _regions["east"].Heard);
        Assert.Empty(_held.Messages);
    }

    [Fact]
    public async Task Only_the_region_that_could_not_be_told_is_told_later_and_ever_later_for_five_minutes()
    {
        _regions["west"].IsAway = true;
        await _pushes.ToRoomAsync("r", new { text = "hello" });
        var begun = _clock.GetUtcNow();
        var waits = new List<double> { 0 };
        while (_held.Messages.Count > 0)
        {
            if (await NextAsync() is { } due)
                waits.Add((due - begun).TotalSeconds);
            if (_held.Messages.Count > 0)
                _clock.SetUtcNow(_held.Messages[0].NotBefore!.Value);
        }

        Assert.Equal([0, 2, 4, 8, 16, 32, 64, 128, 256, 512], waits);
        Assert.Equal(["hello"], _regions["north"].Heard);
        Assert.Empty(_regions["west"].Heard);
    }

    [Fact]
    public async Task A_region_that_is_back_is_told()
    {
        _regions["west"].IsAway = true;
        await _pushes.ToRoomAsync("r", new { text = "hello" });
        var due = await NextAsync();
        _clock.SetUtcNow(due!.Value);
        _regions["west"].IsAway = false;
        Assert.Null(await NextAsync());
        Assert.Equal(["hello"], _regions["west"].Heard);
        Assert.Equal(["hello"], _regions["north"].Heard);
    }

    [Fact]
    public async Task What_is_for_a_region_that_is_no_more_is_dropped()
    {
        await _pushes.RelayAsync(new RelayMessage(["south"], _clock.GetUtcNow(), "group", [Pushes.GroupOf("r")], null, JsonSerializer.SerializeToElement(new { text = "hello" })), CancellationToken.None);
        Assert.Empty(_held.Messages);
        Assert.All(_regions.Values, region => Assert.Empty(region.Heard));
    }

    [Fact]
    public async Task What_names_no_regions_as_before_there_were_several_in_one_message_is_told_to_all_others()
    {
        var text = $$"""{"region":"north","origin":"east","at":{{JsonSerializer.Serialize(_clock.GetUtcNow())}},"op":"group","groups":["room:r"],"payload":{"text":"hello"} }""";
        _held.Messages.Add(new OutgoingMessage("1", BinaryData.FromString(text)));
        Assert.Null(await NextAsync());
        Assert.Equal(["hello"], _regions["north"].Heard);
        Assert.Equal(["hello"], _regions["west"].Heard);
        Assert.Empty(_regions["east"].Heard);
    }

    public void Dispose() => _metrics.Dispose();

    /// <summary>Relays the one message that is on the queue. When the copy is due that was left of it.</summary>
    private async Task<DateTimeOffset?> NextAsync()
    {
        var message = Assert.Single(_held.Messages).Body.ToObjectFromJson<RelayMessage>(StoredJson.Options)!;
        _held.Messages.Clear();
        await _pushes.RelayAsync(message, CancellationToken.None);
        return _held.Messages.Count == 0 ? null : Assert.Single(_held.Messages).NotBefore;
    }

    private sealed class Held : IMessageSender
    {
        public List<OutgoingMessage> Messages { get; } = [];

        public Task SendAsync(string queue, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
        {
            Assert.Equal(Pushes.Queue, queue);
            Messages.AddRange(messages);
            return Task.CompletedTask;
        }
    }

    private sealed class ToldRegion : IRealtime
    {
        public bool IsAway { get; set; }

        public List<string> Heard { get; } = [];

        public Task SendToGroupAsync(string group, string target, object payload, CancellationToken cancellationToken)
        {
            if (IsAway)
                throw new HttpRequestException("nobody answers");
            Heard.Add(((JsonElement)payload).GetProperty("text").GetString()!);
            return Task.CompletedTask;
        }

        public Task<RealtimeAddress> NegotiateAsync(string user, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SendToUserAsync(string user, string target, object payload, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task JoinAsync(string user, string group, TimeSpan life, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task LeaveAsync(string user, string group, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
