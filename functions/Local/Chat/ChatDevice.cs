using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Serverless.Local.Chat;

/// <summary>
/// A device in the chat: connected to a head's hub by the public SignalR client, heard by heartbeats, brought up to date by one sync after each connection and whenever something is missing. When its head
/// is gone it goes to the next.
/// </summary>
internal sealed class ChatDevice : IAsyncDisposable
{
    /// <summary>As the API asks for.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(60);

    // What is missing may be on its way.
    private static readonly TimeSpan GapPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly List<ChatApi> _heads;
    private readonly string _name;
    private readonly TimeSpan _beat;
    private readonly HttpTransportType _transports;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RoomTranscript> _rooms = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ends = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _news = new(0);
    private Task _running = Task.CompletedTask;
    private int _head;

    /// <param name="heads">Where it may connect, the first one first.</param>
    /// <param name="name">The device's.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Pauses between attempts.</param>
    /// <param name="beat">How often it says that it is there.</param>
    /// <param name="transports">How it connects.</param>
    public ChatDevice(
        IEnumerable<ChatApi> heads, string name, TimeProvider clock, Random random, TimeSpan? beat = null,
        HttpTransportType transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling) =>
        (_heads, _name, _clock, _random, _beat, _transports) = ([.. heads], name, clock, random, beat ?? Beat, transports);

    /// <summary>Told of each event once, in the order of its room, as soon as nothing before it is missing.</summary>
    public Action<string, ChatEvent>? Heard { get; init; }

    /// <summary>Told of every push as it comes.</summary>
    public Action<JsonElement>? Pushed { get; init; }

    /// <summary>The head that it talks to.</summary>
    public ChatApi Api => _heads[Volatile.Read(ref _head)];

    /// <summary>The region that it is connected to, as its last negotiation said; null before the first.</summary>
    public string? Region { get; private set; }

    /// <summary>Syncs so far.</summary>
    public int Syncs { get; private set; }

    /// <summary>Connects, and stays connected until it is disposed of. Ends when it is up to date for the first time.</summary>
    public Task StartAsync()
    {
        _running = RunAsync();
        return _ready.Task;
    }

    /// <summary>What it has of a room.</summary>
    public IReadOnlyList<ChatEvent> EventsOf(string room)
    {
        lock (_lock)
            return _rooms.TryGetValue(room, out var transcript) ? [.. transcript.Events] : [];
    }

    /// <summary>Sends until it is acknowledged, by whichever head takes it.</summary>
    public async Task<ChatEvent> SendAsync(string room, object message, CancellationToken cancellationToken)
    {
        var clientId = Guid.CreateVersion7(_clock.GetUtcNow()).ToString("D");
        for (var tries = 0; ; tries++)
        {
            if (await _heads[(Volatile.Read(ref _head) + tries) % _heads.Count].SendAsync(room, clientId, message, cancellationToken) is { } acknowledged)
                return acknowledged;
            await Task.Delay(PauseAfter(tries), _clock, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _running;
        _ends.Dispose();
        _news.Dispose();
    }

    private async Task RunAsync()
    {
        for (var failures = 0; !_ends.IsCancellationRequested; failures++)
        {
            try
            {
                await using var connection = await NegotiatedAsync(Api);
                var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                connection.Closed += _ =>
                {
                    closed.TrySetResult();
                    return Task.CompletedTask;
                };
                await connection.StartAsync(_ends.Token);
                await BeatAsync(connected: true);
                await SyncAsync();
                failures = 0;
                _ready.TrySetResult();
                await StayAsync(closed.Task);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
            }

            if (_ends.IsCancellationRequested)
                return;
            Volatile.Write(ref _head, (_head + 1) % _heads.Count);
            await Task.Delay(PauseAfter(failures), _clock, _ends.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    // By itself, not by the SignalR client: behind a front door the requests that follow may reach other regions, so heartbeats name this one.
    private async Task<HubConnection> NegotiatedAsync(ChatApi head)
    {
        using var answer = await head.PostAsync("negotiate", new { }, _ends.Token);
        answer.EnsureSuccessStatusCode();
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(_ends.Token), default, _ends.Token);
        var (url, token) = (body.RootElement.GetProperty("url").GetString()!, body.RootElement.GetProperty("accessToken").GetString());
        Region = body.RootElement.GetProperty("region").GetString();
        var connection = new HubConnectionBuilder().WithUrl(new Uri(url), _transports, options => options.AccessTokenProvider = () => Task.FromResult(token)).Build();
        connection.On<JsonElement>("chat", push =>
        {
            Pushed?.Invoke(push);
            switch (push.GetProperty("type").GetString())
            {
                case "events":
                    Take(push.GetProperty("room").GetString()!, [.. push.GetProperty("events").Deserialize<List<ChatEvent>>(JsonSerializerOptions.Web)!]);
                    break;
                case "head":
                    Know(push.GetProperty("room").GetString()!, push.GetProperty("seq").GetInt64());
                    break;
                case "membership":
                    _news.Release();
                    break;
            }
        });
        return connection;
    }

    // Until the connection closes: a heartbeat from time to time, and a sync when something is missing.
    private async Task StayAsync(Task closed)
    {
        var beat = Task.Delay(_beat, _clock, _ends.Token);
        var news = _news.WaitAsync(_ends.Token);
        while (!closed.IsCompleted)
        {
            var first = await Task.WhenAny(closed, beat, news);
            _ends.Token.ThrowIfCancellationRequested();
            if (first == beat)
            {
                await BeatAsync(connected: false);
                beat = Task.Delay(_beat, _clock, _ends.Token);
            }
            else if (first == news)
            {
                await Task.Delay(GapPatience, _clock, _ends.Token);
                await SyncAsync();
                news = _news.WaitAsync(_ends.Token);
            }
        }
    }

    private async Task BeatAsync(bool connected)
    {
        using var answer = await Api.PutAsync("presence", new { device = _name, connected, region = Region }, _ends.Token);
        answer.EnsureSuccessStatusCode();
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(_ends.Token), default, _ends.Token);
        foreach (var head in body.RootElement.GetProperty("heads").EnumerateObject())
            Know(head.Name, head.Value.GetInt64());
    }

    private async Task SyncAsync()
    {
        // What is asked for now answers all that was heard by now.
        while (await _news.WaitAsync(TimeSpan.Zero))
        {
        }

        Dictionary<string, long> positions;
        lock (_lock)
            positions = _rooms.ToDictionary(room => room.Key, room => room.Value.Position);
        using var answer = await Api.PostAsync("sync", new { rooms = positions }, _ends.Token);
        answer.EnsureSuccessStatusCode();
        Syncs++;
        using var body = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(_ends.Token), default, _ends.Token);
        foreach (var room in body.RootElement.GetProperty("rooms").EnumerateArray())
        {
            var (name, from) = (room.GetProperty("room").GetProperty("id").GetString()!, room.GetProperty("from").GetInt64());
            lock (_lock)
            {
                var isNew = !_rooms.TryGetValue(name, out var transcript);
                if (isNew)
                    _rooms.Add(name, transcript = new RoomTranscript());
                if (isNew || (!room.GetProperty("recovered").GetBoolean() && from > transcript!.Position + 1))
                    transcript!.Begin(from);
            }

            Take(name, [.. room.GetProperty("events").Deserialize<List<ChatEvent>>(JsonSerializerOptions.Web)!]);
        }

        lock (_lock)
        {
            foreach (var gone in body.RootElement.GetProperty("gone").EnumerateArray())
                _rooms.Remove(gone.GetString()!);
        }
    }

    private void Take(string room, IReadOnlyList<ChatEvent> events)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var transcript))
            {
                _news.Release();
                return;
            }

            foreach (var one in transcript.Take(events))
                Heard?.Invoke(room, one);
            if (transcript.IsBehind && _news.CurrentCount == 0)
                _news.Release();
        }
    }

    private void Know(string room, long seq)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var transcript))
            {
                _news.Release();
                return;
            }

            transcript.Know(seq);
            if (transcript.IsBehind && _news.CurrentCount == 0)
                _news.Release();
        }
    }

    // Full jitter (Brooker 2015, "Exponential backoff and jitter"): devices that lost one head do not come to the next all at once.
    private TimeSpan PauseAfter(int failures)
    {
        lock (_lock)
            return _random.NextDouble() * TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, ShortestPause.Ticks << Math.Min(failures, 10)));
    }
}
