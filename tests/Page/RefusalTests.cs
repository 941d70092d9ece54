using Microsoft.Playwright;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>What the server does not take is never shown as if it had.</summary>
public class RefusalTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task What_the_server_refuses_is_told_and_can_be_discarded()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await alice.OpenAsync(room);
        using var api = await Rig.ApiAsync(bob);
        using var other = await Rig.ApiAsync(alice);
        await api.WantsAsync(other, "blocked");
        await alice.SayAsync("Are you there?");
        await Expect(alice.Page.Locator(".message__refusal")).ToContainTextAsync("One of you does not want messages from the other.");
        await Expect(alice.Page.Locator(".room__refused")).ToBeVisibleAsync();
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(alice.Page.Locator(".message--waiting, .room__refused")).ToHaveCountAsync(0);

        await alice.Composer.FillAsync(new string('x', 4_001));
        await Expect(alice.Page.Locator(".composer__count")).ToHaveTextAsync("1 too many");
        await Expect(alice.Page.GetByRole(AriaRole.Button, new() { Name = "Send" })).ToBeDisabledAsync();
    }

    [Fact]
    public async Task A_refused_change_leaves_the_message_as_it_was_and_is_tried_again_or_given_up_in_any_tab()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await alice.OpenAsync(room);
        await alice.SayAsync("Original");
        await Expect(alice.Message("Original").Locator(".ticks--sent, .ticks--delivered")).ToBeVisibleAsync();
        await RefuseAsync(alice);
        await alice.Composer.PressAsync("ArrowUp");
        await alice.SayAsync("Changed");
        await Expect(alice.Message("Original").Locator(".message__refusal")).ToContainTextAsync("Not changed");
        await Expect(alice.Message("Changed")).ToHaveCountAsync(0);

        // Another tab knows of it, also one that is opened later, and may have it tried again.
        var tab = await TabAsync(alice);
        await Expect(tab.Message("Original").Locator(".message__refusal")).ToBeVisibleAsync();
        await alice.Context.UnrouteAllAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Task.WhenAll(alice.SeesAsync("Changed"), tab.SeesAsync("Changed"));
        await Expect(alice.Page.Locator(".message__refusal")).ToHaveCountAsync(0);
        await Expect(tab.Page.Locator(".message__refusal, .ticks--sending")).ToHaveCountAsync(0);

        await RefuseAsync(alice);
        await alice.Message("Changed").FocusAsync();
        await alice.Page.Keyboard.PressAsync("Delete");
        await Expect(alice.Message("Changed").Locator(".message__refusal")).ToContainTextAsync("Not deleted");
        await Expect(tab.Message("Changed").Locator(".message__refusal")).ToContainTextAsync("Not deleted");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(alice.Page.Locator(".message__refusal")).ToHaveCountAsync(0);
        await alice.SeesAsync("Changed");
    }

    private static Task<IAsyncDisposable> RefuseAsync(Visitor visitor) => visitor.Context.RouteAsync(
        "**/messages/**", route => route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = "{\"type\": \"/problems/blocked\"}" }));
}
