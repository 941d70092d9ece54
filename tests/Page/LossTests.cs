using System.Globalization;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Networks that go, heads that die, tabs that are closed: nothing is lost, nothing comes twice.</summary>
public class LossTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task What_is_written_offline_is_sent_when_the_network_is_back_and_what_was_missed_is_there()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.SayAsync("Before");
        await bob.SeesAsync("Before");

        await alice.Context.SetOfflineAsync(true);
        await Expect(alice.Page.Locator(".banner--offline")).ToBeVisibleAsync();

        // Said to the ear by what was there before: once, without a countdown.
        await Expect(alice.Page.Locator(".banner-place > [role=status]")).ToHaveTextAsync("You are offline. What you write is kept and sent later.");
        foreach (var text in (string[])["One", "Two", "Three"])
            await alice.SayAsync(text);
        await Expect(alice.Page.Locator(".message--waiting")).ToHaveCountAsync(3);
        await bob.SayAsync("Meanwhile");
        await Expect(bob.Message("Meanwhile").Locator(".ticks--sent")).ToBeVisibleAsync();

        await alice.Context.SetOfflineAsync(false);
        await Expect(alice.Page.Locator(".banner")).ToHaveCountAsync(0);
        await Expect(alice.Page.Locator(".banner-place > [role=status]")).ToHaveTextAsync("");
        await alice.SeesAsync("Meanwhile", "One", "Two", "Three");
        await bob.SeesAsync("One", "Two", "Three");
        Assert.Equal(["Before", "Meanwhile", "One", "Two", "Three"], await TextsAsync(bob));
        Assert.Equal(["Before", "Meanwhile", "One", "Two", "Three"], await TextsAsync(alice));
    }

    [Fact]
    public async Task What_waits_to_be_sent_outlives_the_page()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.Page.RouteAsync("**/messages/**", route => route.AbortAsync());
        await alice.SayAsync("Kept");
        await alice.Composer.FillAsync("A draft");
        await Expect(alice.Page.Locator(".message--waiting")).ToHaveCountAsync(1);
        await alice.Page.ReloadAsync();
        await alice.LoadedAsync();
        await Expect(alice.Page.Locator(".message--waiting")).ToHaveCountAsync(1);
        await Expect(alice.Composer).ToHaveValueAsync("A draft");

        await alice.Page.UnrouteAllAsync();
        await bob.SeesAsync("Kept");
        await Expect(alice.Page.Locator(".message--waiting")).ToHaveCountAsync(0);
        await alice.SeesAsync("Kept");
    }

    [Fact]
    public async Task A_head_that_is_restarted_under_the_page_loses_nothing()
    {
        var first = await PageRig.HeadAsync(Cloud);
        var (address, bob) = (first.Address, await VisitorAsync("bob"));
        var alice = await DeviceAsync(await VisitorAsync("alice"), address: address);
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.SayAsync("Before");
        await bob.SeesAsync("Before");

        await first.DisposeAsync();
        await Expect(alice.Page.Locator(".banner")).ToBeVisibleAsync();
        await alice.SayAsync("While it is gone");
        await bob.SayAsync("From the other head");
        await using var again = await PageRig.HeadAsync(Cloud, address.Port);
        await alice.SeesAsync("Before", "While it is gone", "From the other head");
        await bob.SeesAsync("While it is gone");
        await Expect(alice.Page.Locator(".banner")).ToHaveCountAsync(0);
        await alice.SayAsync("After");
        await bob.SeesAsync("After");
        await bob.SayAsync("Heard");
        await alice.SeesAsync("Heard");
    }

    [Fact]
    public async Task Two_tabs_of_one_browser_show_and_send_everything_once()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.Context.RouteAsync("**/messages/**", route => route.AbortAsync());
        var tab = await TabAsync(alice);
        for (var number = 0; number < 5; number++)
            await (number % 2 == 0 ? alice : tab).SayAsync(Number(number));
        await Expect(tab.Page.Locator(".message--waiting")).ToHaveCountAsync(5);
        await Expect(alice.Page.Locator(".message--waiting")).ToHaveCountAsync(5);
        await alice.Context.UnrouteAllAsync();
        var all = Enumerable.Range(0, 5).Select(Number).ToArray();
        await bob.SeesAsync(all);
        await alice.SeesAsync(all);
        await tab.SeesAsync(all);
        await Expect(tab.Page.Locator(".message--waiting")).ToHaveCountAsync(0);
        using var api = await Rig.ApiAsync(bob);
        Assert.Equal(5, (await api.EventsAsync(room)).Count(one => one.Kind == "text"));
    }

    private static string Number(int number) => number.ToString("0000", CultureInfo.InvariantCulture);

    private static async Task<IReadOnlyList<string>> TextsAsync(Visitor visitor) => await visitor.Page.Locator(".message__text").EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)");
}
