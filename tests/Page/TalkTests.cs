using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

public class TalkTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task Two_people_and_three_devices_talk()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        await AskAsync(alice, bob.User);
        await bob.Page.GetByRole(AriaRole.Button, new() { Name = "Contacts and requests: 1 request" }).ClickAsync();
        await bob.Page.GetByRole(AriaRole.Button, new() { Name = "Accept" }).ClickAsync();
        await bob.Page.GetByRole(AriaRole.Button, new() { Name = "Message", Exact = true }).ClickAsync();
        await bob.SayAsync("Hello from Bob");

        var phone = await DeviceAsync(alice, new() { Locale = "en", ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true });
        await Expect(alice.Page.Locator(".room .badge")).ToContainTextAsync("1 unread");
        await alice.Page.Locator(".room").ClickAsync();
        await alice.SeesAsync("Hello from Bob");
        await Expect(alice.Page.Locator(".room .badge")).ToHaveCountAsync(0);
        await Expect(bob.Message("Hello from Bob").Locator(".ticks--read")).ToBeVisibleAsync();
        await Expect(phone.Page.Locator(".room .badge")).ToHaveCountAsync(0);

        await phone.Page.Locator(".room").ClickAsync();
        await phone.SayAsync("From the phone");
        await Task.WhenAll(alice.SeesAsync("From the phone"), bob.SeesAsync("From the phone"));
        await Expect(alice.Message("From the phone")).ToHaveClassAsync(new System.Text.RegularExpressions.Regex("message--own"));

        await alice.Composer.PressSequentiallyAsync("I am wri");
        await Expect(bob.Page.Locator(".typing")).ToContainTextAsync("is writing");
        await alice.SayAsync("I am writing");
        await bob.SeesAsync("I am writing");
        await Expect(bob.Page.Locator(".typing")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Messages_are_answered_edited_and_deleted_with_the_keyboard_alone()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.SayAsync("First");
        await bob.SeesAsync("First");

        await bob.Message("First").FocusAsync();
        await bob.Page.Keyboard.PressAsync("r");
        await Expect(bob.Composer).ToBeFocusedAsync();
        await bob.SayAsync("Second");
        await Expect(alice.Message("Second").Locator(".quote")).ToContainTextAsync("First");

        await alice.Composer.PressAsync("ArrowUp");
        await Expect(alice.Composer).ToHaveValueAsync("First");
        await alice.SayAsync("First, changed");
        await Expect(bob.Page.Locator(".message").First.Locator(".message__meta")).ToContainTextAsync("edited");
        await Expect(bob.Message("Second").Locator(".quote")).ToContainTextAsync("First, changed");

        await bob.Message("Second").FocusAsync();
        await bob.Page.Keyboard.PressAsync("Delete");
        await Expect(alice.Page.Locator(".message__text--deleted")).ToBeVisibleAsync();
        await Expect(alice.Message("Second")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Script_and_markup_are_shown_as_text()
    {
        string[] texts = ["<script>document.title = 'taken'</script>", "<img src=x onerror=\"document.title = 'taken'\">", "[a](javascript:alert(1)) &amp; <b>bold</b>"];
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        foreach (var text in texts)
            await alice.SayAsync(text);
        await bob.SeesAsync(texts);
        await alice.SayAsync("See https://example.com/a?b=<i>, javascript:alert(1)");
        await Expect(bob.Page.Locator(".message__text a")).ToHaveAttributeAsync("href", "https://example.com/a?b=");
        Assert.Equal(0, await bob.Page.Locator(".message__text :is(b, i, img, script)").CountAsync());
        Assert.DoesNotContain("taken", await bob.Page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enter_ends_a_Korean_syllable_before_it_sends_the_message()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await Task.WhenAll(alice.OpenAsync(room), bob.OpenAsync(room));
        await alice.Composer.FocusAsync();
        var keyboard = await alice.Context.NewCDPSessionAsync(alice.Page);
        foreach (var syllable in (string[])["ㅎ", "하", "한"])
            await keyboard.SendAsync("Input.imeSetComposition", new() { ["text"] = syllable, ["selectionStart"] = 1, ["selectionEnd"] = 1 });

        // The input method takes this key to end what it composes.
        await keyboard.SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "rawKeyDown", ["key"] = "Enter", ["code"] = "Enter", ["windowsVirtualKeyCode"] = 229 });
        await Expect(alice.Composer).ToHaveValueAsync("한");
        Assert.Equal(0, await alice.Page.Locator(".message").CountAsync());

        await keyboard.SendAsync("Input.insertText", new() { ["text"] = "한글" });
        await Expect(alice.Composer).ToHaveValueAsync("한글");
        await alice.Composer.PressAsync("Enter");
        await bob.SeesAsync("한글");
        await Expect(alice.Composer).ToHaveValueAsync("");
        Assert.Equal(1, await bob.Page.Locator(".message").CountAsync());
    }

    [Fact]
    public async Task A_group_is_opened_renamed_searched_and_left()
    {
        var (alice, bob, carol) = (await VisitorAsync("alice"), await VisitorAsync("bob"), await VisitorAsync("carol"));
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Contacts and requests" }).First.ClickAsync();
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "New group" }).ClickAsync();
        await alice.Page.GetByLabel("Name of the group").FillAsync("등산 모임");
        await alice.Page.GetByLabel("Add by user name").FillAsync(bob.User);
        await alice.Page.Keyboard.PressAsync("Enter");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Create group" }).ClickAsync();
        await alice.SayAsync("Mount Halla on Sunday?");
        await bob.Page.GetByRole(AriaRole.Link, new() { Name = "등산 모임" }).ClickAsync();
        await bob.SeesAsync("Mount Halla on Sunday?");

        // What she gets of the group is older than its new name, of which she hears before it comes.
        var (asked, renamed) = (new TaskCompletionSource(), new TaskCompletionSource());
        await carol.Page.RouteAsync("**/sync", async route =>
        {
            var answer = await route.FetchAsync();
            asked.SetResult();
            await renamed.Task;
            await route.FulfillAsync(new() { Response = answer });
        }, new() { Times = 1 });

        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();
        await alice.Page.GetByLabel("Add somebody").FillAsync(carol.User);
        await alice.Page.Keyboard.PressAsync("Enter");
        await Expect(alice.Page.Locator(".panel .person")).ToHaveCountAsync(3);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        await alice.Page.GetByLabel("Group name").FillAsync("Hikers");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Rename" }).ClickAsync();
        await Expect(alice.Page.Locator("main h2")).ToHaveTextAsync("Hikers");
        await Expect(bob.Page.Locator("main h2")).ToHaveTextAsync("Hikers");
        renamed.SetResult();
        await carol.Page.GetByRole(AriaRole.Link, new() { Name = "Hikers" }).ClickAsync();

        await bob.SayAsync("I am in");
        await carol.SayAsync("Me too, and I bring tea");
        await alice.SeesAsync("I am in", "Me too, and I bring tea");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await alice.Page.GetByLabel("Search in this room").FillAsync("tea");
        await Expect(alice.Page.Locator(".hit")).ToHaveCountAsync(1);
        await alice.Page.Locator(".hit").ClickAsync();
        await Expect(alice.Message("Me too, and I bring tea")).ToBeFocusedAsync();

        await carol.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }).ClickAsync();
        await carol.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the group" }).ClickAsync();
        await carol.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, leave" }).ClickAsync();
        await Expect(carol.Page.Locator(".room")).ToHaveCountAsync(0);
        await Expect(alice.Page.GetByText($"{carol.User} left")).ToBeVisibleAsync();
    }

    private static async Task AskAsync(Visitor visitor, string other)
    {
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Contacts and requests" }).First.ClickAsync();
        await visitor.Page.GetByLabel("User name").Or(visitor.Page.GetByLabel("Ask somebody for contact")).First.FillAsync(other);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Ask", Exact = true }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).WaitForAsync();
        await visitor.Page.Keyboard.PressAsync("Escape");
    }
}
