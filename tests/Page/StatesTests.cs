using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Serverless.Local.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Every main state of the page, light and dark, on a desktop and on a phone: checked for accessibility, and drawn for whoever wants to look.</summary>
[Collection(nameof(StatesTests))]
public class StatesTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Theory]
    [InlineData("desktop", ColorScheme.Light, "en-GB")]
    [InlineData("desktop", ColorScheme.Dark, "ko-KR")]
    [InlineData("phone", ColorScheme.Light, "ko-KR")]
    [InlineData("phone", ColorScheme.Dark, "en-GB")]
    public async Task Every_main_state_is_accessible(string device, ColorScheme scheme, string locale)
    {
        var isPhone = device == "phone";
        var options = new BrowserNewContextOptions
        {
            Locale = locale,
            ColorScheme = scheme,
            ViewportSize = isPhone ? new() { Width = 360, Height = 740 } : new() { Width = 1280, Height = 800 },
            HasTouch = isPhone,
            IsMobile = isPhone,
            ReducedMotion = ReducedMotion.Reduce,
        };
        var look = new Look($"{device}-{scheme.ToString().ToLowerInvariant()}");
        await SignInAsync(options, look);

        var user = PageRig.NewUser("minji");
        using (var self = await ChatApi.SignInAsync(Rig.Address, user, Cancelled))
            (await self.PutAsync($"users/{user}/profile", new { name = "김민지", locale = "ko-KR" }, Cancelled)).Dispose();
        var me = await VisitorAsync(user, options, isNew: false);
        await look.AtAsync(me.Page, "empty");
        var scene = await Scene.SetAsync(Rig, me);
        var leave = () => isPhone ? me.Page.Locator(".conversation__head .only-narrow").ClickAsync() : Task.CompletedTask;

        await RoomsAsync(me, scene.Old, look);
        await me.OpenAsync(scene.Direct);
        await ConversationAsync(me, look);
        await leave();
        await me.OpenAsync(scene.Group);
        await PanelsAsync(me, look);
        await RefusedAsync(me, look);
        await OfflineAsync(me, look);
        await leave();
        await HistoryFailedAsync(me, scene.Old, look);
        await leave();
        await DialogsAsync(me, look);
        Assert.True(look.Violations.Count == 0, string.Join('\n', look.Violations));
    }

    [Fact]
    public async Task A_state_that_is_not_accessible_is_noticed()
    {
        await using var context = await Rig.Browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(Rig.Address.ToString());
        await page.Locator("input[name=user]").WaitForAsync();
        await page.EvaluateAsync("() => { document.querySelector('form button').textContent = ''; document.querySelector('h1').style.color = '#eee' }");
        var violations = await Look.ViolationsAsync(page);
        Assert.Contains(violations, violation => violation.StartsWith("button-name", StringComparison.Ordinal));
        Assert.Contains(violations, violation => violation.StartsWith("color-contrast", StringComparison.Ordinal));
    }

    private async Task SignInAsync(BrowserNewContextOptions options, Look look)
    {
        await using var context = await Rig.Browser.NewContextAsync(options);
        var page = await context.NewPageAsync();
        await page.GotoAsync(Rig.Address.ToString());
        await page.Locator("input[name=user]").WaitForAsync();
        await look.AtAsync(page, "sign-in");
        await page.RouteAsync("**/api/dev/token", route => route.AbortAsync());
        await page.Locator("input[name=user]").FillAsync("minji");
        await page.Locator("form button.button--main").ClickAsync();
        await page.Locator(".trouble").WaitForAsync();
        await look.AtAsync(page, "sign-in-failed");
    }

    private static async Task RoomsAsync(Visitor me, string old, Look look)
    {
        var isHeld = true;
        await me.Page.RouteAsync("**/api/sync", async route =>
        {
            while (Volatile.Read(ref isHeld))
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
            await ShortenAsync(route, old);
        });
        await me.Page.ReloadAsync();
        await me.Page.Locator(".skeleton").First.WaitForAsync();
        await Expect(me.Page.Locator(".rooms__me")).ToHaveTextAsync("김민지");
        await look.AtAsync(me.Page, "loading");
        Volatile.Write(ref isHeld, false);
        await me.LoadedAsync();
        await me.Page.UnrouteAllAsync();
        await Expect(me.Page.Locator(".room .badge")).ToHaveCountAsync(2);
        await Expect(me.Page.Locator(".room .dot--online")).ToBeVisibleAsync();
        await Expect(me.Page.Locator(".rooms__list")).ToContainTextAsync("See you there!");
        await Expect(me.Page.Locator(".rooms__list")).ToContainTextAsync("이준호");
        await Expect(me.Page.Locator(".rooms__list")).ToContainTextAsync("Sofía Marín: Page");
        await look.AtAsync(me.Page, "rooms");

        // As in a browser that has not been asked yet; a headless one denies at once. The page looks again when somebody comes back to it.
        await me.Page.EvaluateAsync("() => { Object.defineProperty(Notification, 'permission', { get: () => 'default' }); dispatchEvent(new Event('focus')) }");
        await me.Page.Locator(".question").WaitForAsync();
        await look.AtAsync(me.Page, "notify");
        await me.Page.Locator(".question .button").Last.ClickAsync();
    }

    /// <summary>Gives a room as if its past were too long to be given at once.</summary>
    private static async Task ShortenAsync(IRoute route, string old)
    {
        var answer = await route.FetchAsync();
        var body = JsonNode.Parse(await answer.TextAsync())!;
        if (body["rooms"]!.AsArray().FirstOrDefault(one => (string?)one!["room"]!["id"] == old) is { } room)
        {
            var events = room["events"]!.AsArray();
            while (events.Count > 12)
                events.RemoveAt(0);
            (room["recovered"], room["from"]) = (false, (long)events[0]!["seq"]!);
        }

        await route.FulfillAsync(new() { Response = answer, Body = body.ToJsonString() });
    }

    private static async Task ConversationAsync(Visitor me, Look look)
    {
        await me.SeesAsync("See you there!");
        await me.Page.Locator(".message").Nth(3).ScrollIntoViewIfNeededAsync();
        await me.Page.Locator(".message").Nth(3).FocusAsync();
        await look.AtAsync(me.Page, "conversation");
        await me.Page.Keyboard.PressAsync("r");
        await Expect(me.Page.Locator(".composer__about")).ToBeVisibleAsync();
        await me.Page.WaitForTimeoutAsync(100);
        await look.AtAsync(me.Page, "reply");
        await me.Page.Keyboard.PressAsync("Escape");
    }

    private static async Task PanelsAsync(Visitor me, Look look)
    {
        await me.Page.Locator(".conversation__head .icon-button").Last.ClickAsync();
        await Expect(me.Page.Locator(".panel .person")).ToHaveCountAsync(4);
        await Expect(me.Page.Locator(".panel .skeleton__line")).ToHaveCountAsync(0);
        await look.AtAsync(me.Page, "members");
        await me.Page.RouteAsync("**/members/**", route => route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = "{\"type\": \"/problems/not-owner\"}" }));
        await me.Page.Locator(".panel .button--danger").ClickAsync();
        await me.Page.Locator(".sure .button--danger").ClickAsync();
        await me.Page.Locator(".toast").WaitForAsync();
        await look.AtAsync(me.Page, "toast");
        await me.Page.UnrouteAllAsync();
        await me.Page.Locator(".toast .icon-button").ClickAsync();
        await me.Page.Locator(".panel__head .icon-button").ClickAsync();
        await me.Page.Locator(".conversation__head .icon-button").Nth(1).ClickAsync();
        await me.Page.Locator(".panel .input").FillAsync("등산");
        await look.AtAsync(me.Page, "search");
        await me.Page.Keyboard.PressAsync("Escape");
        await Expect(me.Page.Locator(".panel")).ToHaveCountAsync(0);
    }

    private static async Task RefusedAsync(Visitor me, Look look)
    {
        await me.Page.RouteAsync("**/messages/**", route => route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = "{\"type\": \"/problems/blocked\"}" }));
        await me.SayAsync("내 말 들려? Can anybody hear me?");
        await me.Page.Locator(".message__refusal").WaitForAsync();
        await look.AtAsync(me.Page, "error");
        await me.Page.Locator(".message__refusal .link").Last.ClickAsync();
    }

    private static async Task OfflineAsync(Visitor me, Look look)
    {
        await me.Context.SetOfflineAsync(true);
        await me.Page.Locator(".banner--offline").WaitForAsync();
        await me.SayAsync("연결되면 보내질 거야. This one waits for the network.");
        await Expect(me.Page.Locator(".message--waiting")).ToBeVisibleAsync();
        await look.AtAsync(me.Page, "offline");
        await me.Page.UnrouteAllAsync();
        await me.Page.RouteAsync("**/api/negotiate", route => route.AbortAsync());
        await me.Context.SetOfflineAsync(false);
        await me.Page.Locator(".banner:not(.banner--offline) .link").WaitForAsync();
        await look.AtAsync(me.Page, "waiting");
        await me.Page.UnrouteAllAsync();
        await Expect(me.Page.Locator(".banner")).ToHaveCountAsync(0);
    }

    private static async Task HistoryFailedAsync(Visitor me, string room, Look look)
    {
        await me.Page.RouteAsync("**/messages?before=*", route => route.AbortAsync());
        await me.OpenAsync(room);
        await me.Page.Locator(".messages").EvaluateAsync("list => { list.scrollTop = 0 }");
        await Expect(me.Page.Locator(".messages__top .trouble")).ToBeInViewportAsync();
        await look.AtAsync(me.Page, "history-failed");
        await me.Page.UnrouteAllAsync();
    }

    private static async Task DialogsAsync(Visitor me, Look look)
    {
        var buttons = me.Page.Locator(".rooms__head .icon-button");
        await buttons.First.ClickAsync();
        await Expect(me.Page.Locator(".dialog")).ToContainTextAsync("David Okafor");
        await look.AtAsync(me.Page, "people");
        await me.Page.Locator(".dialog .button--wide").ClickAsync();
        await me.Page.Locator(".choices").WaitForAsync();
        await look.AtAsync(me.Page, "new-group");
        await me.Page.Keyboard.PressAsync("Escape");
        await buttons.Last.ClickAsync();
        await me.Page.Locator(".switch").First.WaitForAsync();
        await look.AtAsync(me.Page, "settings");
        await me.Page.Keyboard.PressAsync("Escape");
    }
}
