using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using Serverless.Local.Chat;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>What was said before: where it is read on, how it is fetched, and what becomes of the reader's place.</summary>
public class HistoryTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    private const int Long = 500;

    // Filled once: it takes longer than any of the tests.
    private static Task<Past>? _past;

    [Fact]
    public async Task Scrolling_back_500_messages_keeps_the_place()
    {
        var (alice, room, texts) = await ReaderAsync(0, read: Long + 1);
        await alice.OpenAsync(room);
        var list = alice.Page.Locator(".messages");
        var (loads, moved) = (0, 0.0);
        for (var steps = 0; steps < 400 && !await alice.Page.GetByText("This is where it begins.").IsVisibleAsync(); steps++)
        {
            // Where a message in sight is, before the wheel turns and after older ones were put before it.
            var shift = await list.EvaluateAsync<double[]>(
                """
                async list => {
                  const frame = () => new Promise(requestAnimationFrame)
                  const count = list.querySelectorAll('.message').length
                  list.scrollTop = Math.max(0, list.scrollTop - 400)
                  await frame()
                  const box = list.getBoundingClientRect()
                  const row = [...list.querySelectorAll('.message')].find(one => one.getBoundingClientRect().top > box.top + 40)
                  const top = row.getBoundingClientRect().top
                  do for (let wait = 0; wait < 4; wait++) await frame()
                  while (list.getAttribute('aria-busy') === 'true')
                  return [list.querySelectorAll('.message').length - count, Math.abs(row.getBoundingClientRect().top - top)]
                }
                """);
            (loads, moved) = (loads + (shift[0] > 0 ? 1 : 0), Math.Max(moved, shift[1]));
        }

        Assert.InRange(loads, 4, 20);
        Assert.InRange(moved, 0, 2);
        Assert.Equal(texts, (await TextsAsync(alice)).Take(Long));
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "To the latest message" }).ClickAsync();
        await Expect(alice.Message(texts[^1])).ToBeInViewportAsync();
    }

    [Fact]
    public async Task A_room_opens_at_its_first_unread_message()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        using (var api = await Rig.ApiAsync(bob))
            await FillAsync(api, room, 45);
        await Expect(alice.Page.Locator(".room .badge")).ToContainTextAsync("45 unread");
        using (var api = await Rig.ApiAsync(alice))
        {
            using var marked = await api.PutAsync($"rooms/{room}/read", new { read = 11 }, Cancelled);
            marked.EnsureSuccessStatusCode();
        }

        await Expect(alice.Page.Locator(".room .badge")).ToContainTextAsync("35 unread");
        await alice.OpenAsync(room);
        await Expect(alice.Page.Locator(".unread-line")).ToBeInViewportAsync();
        await Expect(alice.Message(Number(10))).ToBeInViewportAsync();
        await Expect(alice.Message(Number(44))).Not.ToBeInViewportAsync();
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "To the latest message" }).ClickAsync();
        await Expect(alice.Page.Locator(".room .badge")).ToHaveCountAsync(0);
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "To the first unread message" }).ClickAsync();
        await Expect(alice.Page.Locator(".unread-line")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task What_is_unread_and_not_loaded_is_fetched_before_anything_counts_as_read()
    {
        var (alice, room, texts) = await ReaderAsync(1, read: Long + 1 - 80);
        await Expect(alice.Page.Locator(".room .badge")).ToContainTextAsync("50+ unread");
        var isHeld = true;
        await alice.Page.RouteAsync("**/messages?before=*", async route =>
        {
            while (Volatile.Read(ref isHeld))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
            await route.ContinueAsync();
        });
        await alice.OpenAsync(room);
        await Expect(alice.Page.GetByText("Loading earlier messages")).ToBeVisibleAsync();
        await Expect(alice.Page.Locator(".room .badge")).ToContainTextAsync("50+ unread");
        await Expect(alice.Page.Locator(".unread-line")).ToHaveCountAsync(0);
        Volatile.Write(ref isHeld, false);
        await Expect(alice.Page.Locator(".unread-line")).ToBeInViewportAsync();
        Assert.Equal(texts[^80], await alice.Page.Locator(".block__entry:has(.unread-line) .message__text").TextContentAsync());
        await Expect(alice.Page.Locator(".room .badge")).Not.ToContainTextAsync("+");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "To the latest message" }).ClickAsync();
        await Expect(alice.Page.Locator(".room .badge")).ToHaveCountAsync(0);

        // Who answers has read.
        await Expect(alice.Page.Locator(".jump--up")).ToBeVisibleAsync();
        await alice.SayAsync("All read");
        await Expect(alice.Page.Locator(".jump--up, .unread-line")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_quote_leads_to_what_it_answers_also_while_history_is_loading_and_a_failing_history_is_not_asked_without_end()
    {
        var (alice, room, _) = await ReaderAsync(2, read: Long + 1);
        using (var api = await Rig.ApiAsync(alice))
            await api.SayAsync(room, new { text = "An answer", replyTo = Long - 245 });
        var (asked, isBroken) = (0, true);
        await alice.Context.RouteAsync("**/messages?before=*", async route =>
        {
            Interlocked.Increment(ref asked);
            if (Volatile.Read(ref isBroken))
            {
                await route.AbortAsync();
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancelled);
            await route.ContinueAsync();
        });
        await alice.OpenAsync(room);
        await alice.Page.Locator(".quote").ClickAsync();
        await Expect(alice.Page.GetByText("Earlier messages could not be loaded.")).ToBeAttachedAsync();
        await alice.Page.Locator(".messages").HoverAsync();
        for (var turn = 0; turn < 10; turn++)
            await alice.Page.Mouse.WheelAsync(0, -200);
        Assert.InRange(Volatile.Read(ref asked), 1, 2);

        Volatile.Write(ref isBroken, false);
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(alice.Page.Locator(".messages[aria-busy=true]")).ToHaveCountAsync(1);
        await alice.Page.EvaluateAsync("() => document.querySelector('.quote').click()");
        await Expect(alice.Page.Locator($"[data-seq='{Long - 245}']")).ToBeInViewportAsync();
        Assert.InRange(Volatile.Read(ref asked), 3, 5);
    }

    /// <summary>One of those who are in a room with a long past, at a device that has heard nothing of it yet.</summary>
    private async Task<(Visitor Reader, string Room, IReadOnlyList<string> Texts)> ReaderAsync(int number, int read)
    {
        _past ??= PastAsync();
        var (room, readers, texts) = await _past;
        using (var api = await ChatApi.SignInAsync(Rig.Address, readers[number], Cancelled))
            (await api.PutAsync($"rooms/{room}/read", new { read }, Cancelled)).EnsureSuccessStatusCode();
        return (await VisitorAsync(readers[number], isNew: false), room, texts);
    }

    private async Task<Past> PastAsync()
    {
        string[] readers = [PageRig.NewUser("alice"), PageRig.NewUser("alina"), PageRig.NewUser("alma")];
        using var bob = await ChatApi.SignInAsync(Rig.Address, PageRig.NewUser("bob"), Cancelled);
        var room = ChatPeople.NewRoom();
        (await bob.PutAsync($"rooms/{room}", new { name = "A long past", members = readers }, Cancelled)).EnsureSuccessStatusCode();

        // Many at once: their order is the room's to say.
        var said = new ConcurrentBag<(long Seq, string Text)>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Long), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancelled }, async (number, token) =>
        {
            var id = Guid.CreateVersion7().ToString("D");
            ChatEvent? one;
            while ((one = await bob.SendAsync(room, id, new { text = Number(number) }, token)) is null)
            {
            }

            said.Add((one.Seq, Number(number)));
        });
        return new Past(room, readers, [.. said.OrderBy(one => one.Seq).Select(one => one.Text)]);
    }

    private static async Task FillAsync(ChatApi api, string room, int messages)
    {
        for (var number = 0; number < messages; number++)
            await api.SayAsync(room, Number(number));
    }

    private static string Number(int number) => number.ToString("0000", CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<string>> TextsAsync(Visitor visitor) => await visitor.Page.Locator(".message__text").EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)");

    /// <summary>A room with a long past: who is in it beside its author, and what was said, in its order.</summary>
    private sealed record Past(string Room, string[] Readers, IReadOnlyList<string> Texts);
}
