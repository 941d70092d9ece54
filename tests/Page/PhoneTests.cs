using Microsoft.Playwright;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Fingers, and the way back.</summary>
public class PhoneTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    private static readonly BrowserNewContextOptions Phone = new() { Locale = "en-GB", ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task A_tapped_message_shows_its_tools_and_goes_on_showing_them()
    {
        var (alice, bob) = (await VisitorAsync("alice", Phone), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        using (var api = await Rig.ApiAsync(bob))
        {
            foreach (var text in (string[])["One", "Two"])
                await api.SayAsync(room, text);
        }

        await alice.OpenAsync(room);
        foreach (var text in (string[])["Two", "Two", "One", "Two"])
        {
            await alice.Message(text).Locator(".message__text").TapAsync();
            await Expect(alice.Message(text).Locator(".message__tools")).ToBeVisibleAsync();
            await Expect(alice.Page.Locator(".message__tools")).ToHaveCountAsync(1);
        }
    }

    [Fact]
    public async Task Back_closes_the_panel_then_the_room_and_leads_nowhere_else()
    {
        var (alice, bob) = (await VisitorAsync("alice", Phone), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await alice.OpenAsync(room);
        var (composer, panel) = (alice.Composer, alice.Page.Locator(".panel"));
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();
        await Expect(panel).ToBeVisibleAsync();
        await alice.Page.EvaluateAsync("() => history.back()");
        await Expect(panel).ToHaveCountAsync(0);
        await Expect(composer).ToBeVisibleAsync();

        // Closed by its button it leaves nothing to go back to.
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();
        await panel.Locator(".panel__head .icon-button").ClickAsync();
        await Expect(panel).ToHaveCountAsync(0);
        await alice.Page.WaitForFunctionAsync("() => history.state !== 'panel'");
        await alice.Page.EvaluateAsync("() => history.back()");
        await Expect(composer).ToHaveCountAsync(0);
        await Expect(alice.Page.Locator($"[data-room='{room}']")).ToBeVisibleAsync();

        await alice.OpenAsync(room);
        var length = await alice.Page.EvaluateAsync<int>("() => history.length");
        await alice.Page.Locator(".conversation__head .only-narrow").ClickAsync();
        await Expect(composer).ToHaveCountAsync(0);
        await Expect(alice.Page.Locator($"[data-room='{room}']")).ToBeFocusedAsync();
        Assert.Equal(length, await alice.Page.EvaluateAsync<int>("() => history.length"));
        Assert.Equal(Rig.Address.ToString(), (await alice.Page.EvaluateAsync<string>("() => location.href")).TrimEnd('#'));
    }

    [Fact]
    public async Task Whoever_was_taken_out_of_an_open_room_can_open_it_again_when_taken_back()
    {
        var (alice, bob) = (await VisitorAsync("alice", Phone), await VisitorAsync("bob"));
        using var api = await Rig.ApiAsync(bob);
        var group = ChatPeople.NewRoom();
        (await api.PutAsync($"rooms/{group}", new { name = "Walkers", members = new[] { alice.User } }, Cancelled)).Dispose();
        await alice.OpenAsync(group);
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();
        await Expect(alice.Page.Locator(".panel")).ToBeVisibleAsync();
        (await api.DeleteAsync($"rooms/{group}/members/{alice.User}", Cancelled)).Dispose();
        await Expect(alice.Page.Locator(".room, .panel, .composer")).ToHaveCountAsync(0);
        await alice.Page.WaitForFunctionAsync("() => location.hash === ''");
        (await api.PutAsync($"rooms/{group}/members/{alice.User}", new { }, Cancelled)).Dispose();
        await alice.OpenAsync(group);
        await alice.SayAsync("Back again");
        await alice.SeesAsync("Back again");
    }

    [Fact]
    public async Task A_room_opens_in_a_tab_of_its_own_when_that_is_asked_for()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        var row = alice.Page.Locator($"[data-room='{room}']");

        // The page leaves such a click to the browser, for which the row is a link.
        var isTaken = await row.EvaluateAsync<bool>(
            """
            row => {
              let taken
              addEventListener('click', event => { taken = event.defaultPrevented; event.preventDefault() }, { once: true })
              row.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true, metaKey: true }))
              return taken
            }
            """);
        Assert.False(isTaken);
        var tab = await alice.Context.NewPageAsync();
        await tab.GotoAsync(await row.EvaluateAsync<string>("row => row.href"));
        await Expect(tab.Locator(".composer__input")).ToBeVisibleAsync();
        await Expect(alice.Composer).ToHaveCountAsync(0);
    }
}
