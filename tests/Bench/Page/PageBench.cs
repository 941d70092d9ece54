using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Serverless.Chat;
using Serverless.Local.Chat;
using Serverless.Local.Cloud;
using Serverless.Local.Head;
using Serverless.Local.Page;
using Serverless.Replication;
using Serverless.Tests.Page;

namespace Serverless.Bench.Page;

/// <summary>
/// <c>bench page</c>: from pressing Enter in one window to the message's being drawn in another, beside the bare protocol between two clients of the same room; and a room of 5,000 messages scrolled from
/// end to end.
/// </summary>
internal static class PageBench
{
    private const int WarmUp = 40;
    private const int Messages = 800;
    private const int Long = 5_000;
    private const int AtOnce = 16;
    private const int Page = 100;

    private static readonly Random Moments = new(1);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(5);

    // Less than a tenth of a core over so long.
    private static readonly TimeSpan AtRestFor = TimeSpan.FromSeconds(5);
    private const double AtRest = 0.1;

    public static async Task<int> RunAsync(string[] args)
    {
        await PageBuild.EnsureAsync(null, TimeProvider.System, CancellationToken.None);
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Port = 0, InMemory = true });
        await using var head = await CloudHead.StartAsync(cloud, 0, null, CancellationToken.None);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright, CancellationToken.None);
        var ratios = new Ratios();
        await SendAsync(browser, head.Address, ratios);
        await ScrollAsync(browser, head, cloud.StorageConnectionString(cloud.Regions[0]), ratios);
        return ratios.ExitCode;
    }

    private static async Task SendAsync(IBrowser browser, Uri address, Ratios ratios)
    {
        var (alice, bob, carol, dave) = (await PersonAsync(address, "alice"), await PersonAsync(address, "bob"), await PersonAsync(address, "carol"), await PersonAsync(address, "dave"));
        var (paged, bare) = (await RoomAsync(alice, bob), await RoomAsync(carol, dave));
        await using var sender = await Visitor.SignInAsync(browser, address, alice.User);
        await using var reader = await Visitor.SignInAsync(browser, address, bob.User);
        await Task.WhenAll(sender.OpenAsync(paged), reader.OpenAsync(paged));
        await sender.Page.EvaluateAsync("() => addEventListener('keydown', event => event.key === 'Enter' && (window.pressed = performance.timeOrigin + performance.now()), true)");
        await reader.Page.EvaluateAsync(
            """
            () => {
              window.drawing = text => new Promise(drawn => Object.assign(window, { awaited: text, drawn }))
              new MutationObserver(() => {
                if ([...document.querySelectorAll('.message__text')].at(-1)?.textContent !== window.awaited) return
                window.awaited = undefined
                requestAnimationFrame(() => setTimeout(() => drawn(performance.timeOrigin + performance.now())))
              }).observe(document.querySelector('.messages'), { childList: true, subtree: true, characterData: true })
            }
            """);

        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var expected = "";
        await using var device = new ChatDevice([dave], "device", TimeProvider.System, new Random(1))
        {
            Heard = (_, one) =>
            {
                if (one.Text == Volatile.Read(ref expected))
                    heard.TrySetResult();
            },
        };
        await device.StartAsync();
        List<double> pages = [], protocol = [];
        for (var number = -WarmUp; number < Messages; number++)
        {
            var text = number.ToString(CultureInfo.InvariantCulture);
            var page = await PageRoundAsync(sender, reader, text);
            heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref expected, text);
            await PauseAsync();
            var begun = Stopwatch.GetTimestamp();
            var sent = carol.SendAsync(bare, Guid.CreateVersion7().ToString("D"), new { text }, CancellationToken.None);
            await heard.Task.WaitAsync(Limit);
            var elapsed = Stopwatch.GetElapsedTime(begun);
            await sent;
            if (number < 0)
                continue;
            pages.Add(page);
            protocol.Add(elapsed.TotalMilliseconds);
        }

        Console.WriteLine($"{Messages} messages, page and protocol in turns; from sending to being there:");
        Console.WriteLine($"  page:     p50 {pages.Percentile(50):0.0} ms, p99 {pages.Percentile(99):0.0} ms (Enter pressed, and drawn in the other window)");
        Console.WriteLine($"  protocol: p50 {protocol.Percentile(50):0.0} ms, p99 {protocol.Percentile(99):0.0} ms (HTTP out, SignalR in)");
        Console.WriteLine($"page.send.to.render.p99.ms {pages.Percentile(99):0.0}");
        ratios.AtMost("page.send.to.render.p99.vs.protocol", pages.Percentile(99) / protocol.Percentile(99), 1.5);
        foreach (var person in (ChatApi[])[alice, bob, carol, dave])
            person.Dispose();
    }

    private static async Task<double> PageRoundAsync(Visitor sender, Visitor reader, string text)
    {
        await sender.Composer.FillAsync(text);
        await PauseAsync();
        var drawn = reader.Page.EvaluateAsync<double>("text => drawing(text)", text);

        // The key is held while the message is on its way, as a finger holds it; what steers the browser does nothing meanwhile.
        await sender.Page.Keyboard.DownAsync("Enter");
        var at = await drawn;
        await sender.Page.Keyboard.UpAsync("Enter");
        return at - await sender.Page.EvaluateAsync<double>("() => pressed");
    }

    // Nobody presses Enter at once after the last letter: what the page did for the letter is over. What it tells of the message before, 0.4 s after it, falls on page and protocol alike.
    private static Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(Moments.Next(100, 500)), TimeProvider.System);

    private static async Task ScrollAsync(IBrowser browser, CloudHead head, string storage, Ratios ratios)
    {
        using var erin = await PersonAsync(head.Address, "erin");
        using var frank = await PersonAsync(head.Address, "frank");
        var room = await RoomAsync(erin, frank);
        await Parallel.ForEachAsync(Enumerable.Range(0, Long), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, token) =>
        {
            while (await (number % 3 == 0 ? frank : erin).SendAsync(room, Guid.CreateVersion7().ToString("D"), new { text = TextOf(number) }, token) is null)
            {
            }
        });
        await SettledAsync(head, storage, frank, room);
        await using var reader = await Visitor.SignInAsync(browser, head.Address, erin.User);
        await reader.OpenAsync(room);
        await reader.Page.WaitForTimeoutAsync(1_000);
        var begun = Stopwatch.GetTimestamp();
        var result = await reader.Page.EvaluateAsync<double[]>(
            """
            async most => {
              const [list, tasks, frames] = [document.querySelector('.messages'), [], []]
              new PerformanceObserver(all => tasks.push(...all.getEntries().map(one => one.duration))).observe({ type: 'longtask' })
              const frame = () => new Promise(requestAnimationFrame)
              const turn = async by => {
                const before = performance.now()
                list.scrollTop += by
                await frame()
                frames.push(performance.now() - before)
              }
              const count = () => list.querySelectorAll('.message').length
              while (count() < most) await turn(-600)
              while (list.scrollTop > 0) await turn(-600)
              while (list.scrollTop + list.clientHeight < list.scrollHeight - 1) await turn(600)
              await new Promise(done => setTimeout(done, 500))
              frames.sort((a, b) => a - b)
              return [count(), tasks.length, Math.max(0, ...tasks), frames[Math.floor(frames.length * 0.99)], frames.length]
            }
            """,
            Long);
        Console.WriteLine($"A room of {result[0]:0} messages, scrolled to its begin and back to its end in {result[4]:0} steps, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s:");
        Console.WriteLine($"  {result[1]:0} tasks above 50 ms, the longest {result[2]:0} ms; a step took at most {result[3]:0} ms (p99)");
        ratios.AtMost("page.scroll.long.tasks", result[1], 0);
    }

    // The service shares the page's cores, and so many messages leave it much to do: it tells other regions and those who were away, compares its nodes, and translates what runs often for the first time.
    // All of it is over before the scroll, the service's part of the scroll included: history has been read before.
    private static async Task SettledAsync(CloudHead head, string storage, ChatApi reader, string room)
    {
        using var limit = new CancellationTokenSource(SettleLimit, TimeProvider.System);
        foreach (var name in (string[])[Pushes.Queue, AbsentSchedule.Queue])
        {
            var queue = new QueueClient(storage, name);
            while ((await queue.ExistsAsync(limit.Token)).Value && (await queue.GetPropertiesAsync(limit.Token)).Value.ApproximateMessagesCount > 0)
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, limit.Token);
        }

        for (var before = Long + 1; before > 1; before -= Page)
        {
            using var page = await reader.GetAsync(string.Create(CultureInfo.InvariantCulture, $"rooms/{room}/messages?before={before}&limit={Page}"), limit.Token);
            page.EnsureSuccessStatusCode();
        }

        await head.Services.GetRequiredService<RollUp>().RunAsync(limit.Token);
        await head.Services.GetRequiredService<AntiEntropy>().RunAsync(limit.Token);
        for (var before = TimeSpan.Zero; Environment.CpuUsage.TotalTime - before > AtRest * AtRestFor;)
        {
            before = Environment.CpuUsage.TotalTime;
            await Task.Delay(AtRestFor, TimeProvider.System, limit.Token);
        }
    }

    private static string TextOf(int number) => string.Concat(Enumerable.Repeat($"Message {number} of many. ", 1 + number * 7 % 5));

    private static Task<ChatApi> PersonAsync(Uri address, string name) => ChatApi.SignInAsync(address, name, CancellationToken.None);

    private static async Task<string> RoomAsync(ChatApi one, ChatApi other)
    {
        var room = Guid.CreateVersion7().ToString("D");
        using var opened = await one.PutAsync($"rooms/{room}", new { name = "Bench", members = new[] { other.User } }, CancellationToken.None);
        opened.EnsureSuccessStatusCode();
        return room;
    }
}
