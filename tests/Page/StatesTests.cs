using System.Text.Json;
using Microsoft.Playwright;
using Serverless.Local.Chat;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>
/// Every main state of the page, light and dark, on a desktop and on a phone: checked for accessibility, and drawn into the folder "screens" beside the tests' program, for whoever wants to look.
/// </summary>
public class StatesTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screens")).FullName;

    private readonly List<string> _violations = [];

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
        var name = $"{device}-{scheme.ToString().ToLowerInvariant()}";
        await SignInStateAsync(options, name);

        var user = PageRig.NewUser("minji");
        using (var self = await ChatApi.SignInAsync(Rig.Address, user, Cancelled))
            (await self.PutAsync($"users/{user}/profile", new { name = "김민지", locale = "ko-KR" }, Cancelled)).Dispose();
        var me = await VisitorAsync(user, options, isNew: false);
        await LookAsync(me.Page, $"{name}-empty");
        var (group, direct) = await PeopleAsync(me);
        await Expect(me.Page.Locator(".room .badge")).ToHaveCountAsync(2);
        await LookAsync(me.Page, $"{name}-rooms");

        await me.OpenAsync(direct);
        await Expect(me.Page.Locator(".messages")).ToContainTextAsync("서울");
        await me.Page.Locator(".message").Nth(3).ScrollIntoViewIfNeededAsync();
        await me.Page.Locator(".message").Nth(3).FocusAsync();
        await LookAsync(me.Page, $"{name}-conversation");
        await me.Page.Keyboard.PressAsync("r");
        await LookAsync(me.Page, $"{name}-reply");
        await me.Page.Keyboard.PressAsync("Escape");
        if (isPhone)
            await me.Page.Locator(".conversation__head .only-narrow").ClickAsync();

        await me.OpenAsync(group);
        await me.Page.Locator(".conversation__head .icon-button").Last.ClickAsync();
        await Expect(me.Page.Locator(".panel .person")).ToHaveCountAsync(4);
        await LookAsync(me.Page, $"{name}-members");
        await me.Page.Locator(".panel__head .icon-button").ClickAsync();
        await me.Page.Locator(".conversation__head .icon-button").Nth(1).ClickAsync();
        await me.Page.Locator(".panel .input").FillAsync("등산");
        await LookAsync(me.Page, $"{name}-search");
        await me.Page.Keyboard.PressAsync("Escape");

        await RefusedAndOfflineAsync(me, name);
        if (isPhone)
            await me.Page.Locator(".conversation__head .only-narrow").ClickAsync();
        await DialogsAsync(me, name);
        Assert.True(_violations.Count == 0, string.Join('\n', _violations));
    }

    [Fact]
    public async Task A_state_that_is_not_accessible_is_noticed()
    {
        var context = await Rig.Browser.NewContextAsync();
        await using (context)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(Rig.Address.ToString());
            await page.Locator("input[name=user]").WaitForAsync();
            await page.EvaluateAsync("() => { document.querySelector('form button').textContent = ''; document.querySelector('h1').style.color = '#eee' }");
            var violations = await ViolationsAsync(page);
            Assert.Contains(violations, violation => violation.StartsWith("button-name", StringComparison.Ordinal));
            Assert.Contains(violations, violation => violation.StartsWith("color-contrast", StringComparison.Ordinal));
        }
    }

    private async Task SignInStateAsync(BrowserNewContextOptions options, string name)
    {
        var context = await Rig.Browser.NewContextAsync(options);
        await using (context)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(Rig.Address.ToString());
            await page.Locator("input[name=user]").WaitForAsync();
            await LookAsync(page, $"{name}-sign-in");
            await page.RouteAsync("**/api/dev/token", route => route.AbortAsync());
            await page.Locator("input[name=user]").FillAsync("minji");
            await page.Locator("form button.button--main").ClickAsync();
            await page.Locator(".trouble").WaitForAsync();
            await LookAsync(page, $"{name}-sign-in-failed");
        }
    }

    private async Task RefusedAndOfflineAsync(Visitor me, string name)
    {
        await me.Page.RouteAsync("**/messages/**", route => route.FulfillAsync(new() { Status = 403, ContentType = "application/problem+json", Body = "{\"type\": \"/problems/not-member\"}" }));
        await me.SayAsync("Can anybody hear me?");
        await me.Page.Locator(".message__refusal").WaitForAsync();
        await LookAsync(me.Page, $"{name}-error");
        await me.Page.Locator(".message__refusal .link").Last.ClickAsync();
        await me.Context.SetOfflineAsync(true);
        await me.Page.Locator(".banner--offline").WaitForAsync();
        await me.SayAsync("This one waits for the network");
        await LookAsync(me.Page, $"{name}-offline");
        await me.Page.UnrouteAllAsync();
        await me.Context.SetOfflineAsync(false);
        await Expect(me.Page.Locator(".banner")).ToHaveCountAsync(0);
    }

    private async Task DialogsAsync(Visitor me, string name)
    {
        var buttons = me.Page.Locator(".rooms__head .icon-button");
        await buttons.First.ClickAsync();
        await me.Page.Locator(".dialog").WaitForAsync();
        await LookAsync(me.Page, $"{name}-people");
        await me.Page.Locator(".dialog .button--wide").ClickAsync();
        await me.Page.Locator(".choices").WaitForAsync();
        await LookAsync(me.Page, $"{name}-new-group");
        await me.Page.Keyboard.PressAsync("Escape");
        await buttons.Last.ClickAsync();
        await me.Page.Locator(".switch").First.WaitForAsync();
        await LookAsync(me.Page, $"{name}-settings");
        await me.Page.Keyboard.PressAsync("Escape");
    }

    /// <summary>A group and a friend, with something said in both, and one more who asks for contact.</summary>
    private async Task<(string Group, string Direct)> PeopleAsync(Visitor me)
    {
        using var self = await Rig.ApiAsync(me);
        var people = await Task.WhenAll(
            PersonAsync("junho", "이준호", "#8a5a2b"), PersonAsync("sofia", "Sofía Marín", "#2b5a8a"), PersonAsync("haneul", "박하늘", "#5a2b8a"), PersonAsync("david", "David Okafor", "#2b8a5a"));
        var (junho, sofia, haneul, david) = (people[0], people[1], people[2], people[3]);
        await ChatPeople.MeetAsync(self, junho);
        await ChatPeople.MeetAsync(self, haneul);
        await david.WantsAsync(self, "contact");
        var group = ChatPeople.NewRoom();
        using (await junho.PutAsync($"rooms/{group}", new { name = "주말 등산 · Weekend hikes", members = new[] { self.User, sofia.User, haneul.User } }, Cancelled))
        {
        }

        await junho.SayAsync(group, "이번 주말에 등산 갈 사람?");
        await sofia.SayAsync(group, "Me! Which mountain this time?");
        await haneul.SayAsync(group, "북한산 어때요? 등산로가 지금 제일 예쁠 때예요.");
        var direct = ChatPeople.NewRoom();
        using (await junho.PutAsync($"rooms/{direct}", new { with = self.User }, Cancelled))
        {
        }

        var asked = await junho.SayAsync(direct, "민지야, 지난번에 말한 식당 이름이 뭐였지? 서울역 근처에 있던 곳.");
        await self.SayAsync(direct, new { text = "아 거기! 지도 보내줄게: https://example.com/maps/seoul", replyTo = asked.Seq });
        var typo = await self.SayAsync(direct, "예약은 필요 업어");
        await self.SayAsync(direct, new { edit = typo.Seq, text = "예약은 필요 없어" });
        await junho.SayAsync(direct, "고마워! 그럼 토요일 여섯 시에 거기서 보자. 늦으면 먼저 들어가 있어, 창가 자리로 부탁해 놓을게.");
        var regretted = await junho.SayAsync(direct, "아 잠깐");
        await junho.SayAsync(direct, new { delete = regretted.Seq });
        await junho.SayAsync(direct, "See you there!");
        foreach (var person in people)
            person.Dispose();
        return (group, direct);
    }

    private async Task<ChatApi> PersonAsync(string name, string shown, string colour)
    {
        var person = await ChatApi.SignInAsync(Rig.Address, PageRig.NewUser(name), Cancelled);
        using var _ = await person.PutAsync($"users/{person.User}/profile", new { name = shown, colour }, Cancelled);
        using var there = await person.PutAsync("presence", new { device = "test", connected = true }, Cancelled);
        return person;
    }

    private async Task LookAsync(IPage page, string name)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") });
        _violations.AddRange((await ViolationsAsync(page)).Select(violation => $"{name}: {violation}"));
    }

    /// <summary>What axe-core finds of impact serious or critical.</summary>
    private static async Task<List<string>> ViolationsAsync(IPage page)
    {
        await page.EvaluateAsync(await Chromium.AxeAsync(Cancelled));
        var result = await page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        return [.. result.GetProperty("violations").EnumerateArray()
            .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(violation => $"{violation.GetProperty("id")}: {violation.GetProperty("help")}: {string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Select(node => $"{node.GetProperty("html")} {node.GetProperty("failureSummary")}"))}")];
    }
}
