using System.Collections.Concurrent;
using System.Globalization;
using Serverless.Local.Chat;
using Serverless.Tests.Chat;

namespace Serverless.Tests.EndToEnd;

/// <summary>People who talk in groups, each on a device, all through one address. A message is sent under one client id until it is acknowledged.</summary>
internal sealed class DrillTalk : IAsyncDisposable
{
    private const int Rooms = 3;
    private const int PeopleEach = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan OneBeat = TimeSpan.FromSeconds(20);

    private readonly List<(string Room, ChatApi Person, ChatDevice Device)> _members = [];
    private readonly ConcurrentBag<(string Room, ChatEvent Event)> _acknowledged = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public int Acknowledged => _acknowledged.Count;

    /// <summary>The regions that the devices are connected to.</summary>
    public IReadOnlyList<string> Regions => [.. _members.Select(member => member.Device.Region!)];

    /// <summary>Opens the rooms and connects the devices.</summary>
    public static async Task<DrillTalk> BeginAsync(Uri address, FailureLog failures)
    {
        var talk = new DrillTalk();
        for (var number = 0; number < Rooms; number++)
        {
            var people = new ChatApi[PeopleEach];
            for (var i = 0; i < PeopleEach; i++)
            {
                using var signedIn = await ChatApi.SignInAsync(address, $"drill-{number}-{i}", Cancelled);
                people[i] = new ChatApi(address, signedIn.User, signedIn.Token, failures.Handler("chat"));
            }

            var room = ChatPeople.NewRoom();
            await Eventually.HoldsAsync(() => IsOpenAsync(room, people), "the room is open", OpenLimit);
            talk._members.AddRange(people.Select((person, i) =>
                (room, person, new ChatDevice([person], $"device-{i}", TimeProvider.System, new Random(RunSeed.Value + PeopleEach * number + i), Beat))));
        }

        await Task.WhenAll(talk._members.Select(member => member.Device.StartAsync()));
        return talk;
    }

    /// <summary>Everybody talks until <paramref name="end"/> is cancelled.</summary>
    public Task RunAsync(CancellationToken end) => Task.WhenAll(_members.Select((member, number) => TalkAsync(member.Room, member.Person, number, end)));

    /// <summary>Returns when every device has what its room has; how many of the acknowledged messages it has not.</summary>
    public async Task<int> LostAsync()
    {
        var lost = 0;
        foreach (var room in _members.GroupBy(member => member.Room))
        {
            var truth = await room.First().Person.EventsAsync(room.Key);
            await Eventually.HoldsAsync(() => room.All(member => member.Device.EventsOf(room.Key).Count >= truth.Count), "every device has everything", OneBeat);
            Assert.All(room, member => Assert.Equal(truth, member.Device.EventsOf(room.Key)));
            lost += _acknowledged.Count(one => one.Room == room.Key && !truth.Contains(one.Event));
            Assert.Equal(truth.Count(one => one.ClientId is not null), truth.Where(one => one.ClientId is not null).DistinctBy(one => one.ClientId).Count());
        }

        return lost;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, person, device) in _members)
        {
            await device.DisposeAsync();
            person.Dispose();
        }
    }

    // The same request until it is answered: the first ones of heads that have just started are slow.
    private static async Task<bool> IsOpenAsync(string room, ChatApi[] people)
    {
        try
        {
            using var answer = await people[0].PutAsync($"rooms/{room}", new { name = "Drill", members = people[1..].Select(person => person.User) }, Cancelled);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException && !Cancelled.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task TalkAsync(string room, ChatApi person, int number, CancellationToken end)
    {
        var random = new Random(RunSeed.Value + number);
        for (var said = 0; !end.IsCancellationRequested; said++)
        {
            var clientId = ChatPeople.NewRoom();
            ChatEvent? acknowledged;
            while ((acknowledged = await person.SendAsync(room, clientId, new { text = said.ToString(CultureInfo.InvariantCulture) }, Cancelled)) is null)
                await Task.Delay(Again, TimeProvider.System, Cancelled);

            _acknowledged.Add((room, acknowledged));
            await Task.Delay(2 * random.NextDouble() * Pause, TimeProvider.System, Cancelled);
        }
    }
}
