using Microsoft.Playwright;
using Serverless.Tests.Chat;
using static Microsoft.Playwright.Assertions;

namespace Serverless.Tests.Page;

/// <summary>Whoever uses no mouse is never lost: the focus stays, or goes to what stands for what had it.</summary>
public class KeyboardTests(SharedCloud cloud, PageRig rig) : PageTest(cloud, rig)
{
    [Fact]
    public async Task An_edit_keeps_the_focus_from_its_begin_to_its_end()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await alice.OpenAsync(room);
        await alice.SayAsync("Frist");
        await Expect(alice.Message("Frist").Locator(".ticks--sent, .ticks--delivered")).ToBeVisibleAsync();
        await alice.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(alice.Composer).ToHaveValueAsync("Frist");
        await alice.TypesAsync(" post");
        await Expect(alice.Composer).ToHaveValueAsync("Frist post");
        await alice.Page.Keyboard.PressAsync("Escape");
        await alice.TypesAsync("A draft");
        await Expect(alice.Composer).ToHaveValueAsync("A draft");

        await alice.Message("Frist").FocusAsync();
        await alice.Page.Keyboard.PressAsync("e");
        await Expect(alice.Composer).ToHaveValueAsync("Frist");
        await alice.Page.Keyboard.PressAsync("ControlOrMeta+a");
        await alice.TypesAsync("First");
        await alice.Page.Keyboard.PressAsync("Enter");
        await alice.SeesAsync("First");
        await Expect(alice.Composer).ToBeFocusedAsync();
        await Expect(alice.Composer).ToHaveValueAsync("A draft");
    }

    [Fact]
    public async Task Keys_that_come_faster_than_anything_is_drawn_all_count()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        await alice.OpenAsync(await Rig.MeetAsync(alice, bob));
        await alice.Page.EvaluateAsync(
            """
            () => {
              const field = document.querySelector('.composer__input')
              const type = text => {
                field.value += text
                field.dispatchEvent(new InputEvent('input', { bubbles: true }))
              }
              for (const word of ['One', 'Two']) {
                for (const letter of word) type(letter)
                field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
              }
              type('A draft')
            }
            """);
        await alice.SeesAsync("One", "Two");
        await Expect(alice.Composer).ToHaveValueAsync("A draft");

        // The same of an edit that begins and ends.
        await alice.Composer.FillAsync("");
        await Expect(alice.Message("Two").Locator(".ticks--sent, .ticks--delivered")).ToBeVisibleAsync();
        var written = await alice.Page.EvaluateAsync<string[]>(
            """
            () => {
              const field = document.querySelector('.composer__input')
              const type = text => {
                field.value += text
                field.dispatchEvent(new InputEvent('input', { bubbles: true }))
                return field.value
              }
              const press = key => field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
              press('ArrowUp')
              const first = type(' posts')
              press('Escape')
              const second = type('Another draft')
              press('Enter')
              press('ArrowUp')
              return [first, second, field.value, type('!')]
            }
            """);
        Assert.Equal(["Two posts", "Another draft", "Two", "Two!"], written);
        await alice.Page.Keyboard.PressAsync("Enter");
        await alice.SeesAsync("Another draft", "Two!");
        await Expect(alice.Composer).ToHaveValueAsync("");
    }

    [Fact]
    public async Task Whatever_closes_gives_the_focus_to_what_opened_it()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        using var api = await Rig.ApiAsync(alice);
        var group = ChatPeople.NewRoom();
        (await api.PutAsync($"rooms/{group}", new { name = "Walkers", members = new[] { bob.User } }, Cancelled)).Dispose();
        await alice.OpenAsync(group);
        var (members, search) = (alice.Page.GetByRole(AriaRole.Button, new() { Name = "Members" }), alice.Page.GetByRole(AriaRole.Button, new() { Name = "Search" }));
        await search.PressAsync("Enter");
        await Expect(alice.Page.GetByLabel("Search in this room")).ToBeFocusedAsync();
        await alice.Page.Keyboard.PressAsync("Escape");
        await Expect(search).ToBeFocusedAsync();
        await members.PressAsync("Enter");
        await alice.Page.Locator(".panel__head .icon-button").PressAsync("Enter");
        await Expect(members).ToBeFocusedAsync();
        await members.PressAsync("Enter");
        await alice.Page.Locator(".panel__head .icon-button").PressAsync("Escape");
        await Expect(alice.Page.Locator(".panel")).ToHaveCountAsync(0);
        await Expect(members).ToBeFocusedAsync();

        await members.PressAsync("Enter");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the group" }).PressAsync("Enter");
        await Expect(alice.Page.GetByRole(AriaRole.Button, new() { Name = "Yes, leave" })).ToBeFocusedAsync();
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).PressAsync("Enter");
        await Expect(alice.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the group" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Messages_are_reached_by_Tab_and_answered_with_a_Korean_layout_whatever_was_said_last()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        using var api = await Rig.ApiAsync(bob);
        var group = ChatPeople.NewRoom();
        (await api.PutAsync($"rooms/{group}", new { name = "Walkers", members = new[] { alice.User } }, Cancelled)).Dispose();
        await api.SayAsync(group, "Shall we?");
        (await api.PutAsync($"rooms/{group}", new { name = "Hikers", members = new[] { alice.User } }, Cancelled)).Dispose();
        await alice.OpenAsync(group);
        await Expect(alice.Page.Locator("main h2")).ToHaveTextAsync("Hikers");
        await Expect(alice.Composer).ToBeFocusedAsync();
        await alice.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(alice.Message("Shall we?")).ToBeFocusedAsync();

        // What a screen reader says of it; what the focus brings up beside it is no news.
        await Expect(alice.Message("Shall we?")).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("^bob-.*: Shall we\\?, "));
        await Expect(alice.Page.Locator(".message__tools")).ToHaveAttributeAsync("aria-live", "off");
        await alice.Page.EvaluateAsync("() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ㄱ', code: 'KeyR', bubbles: true, cancelable: true }))");
        await Expect(alice.Page.Locator(".composer__about")).ToContainTextAsync("Shall we?");
        await Expect(alice.Composer).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Dialogs_take_no_dragged_selection_for_a_click_and_pasted_signs_that_no_room_takes_are_left_out()
    {
        var (alice, bob) = (await VisitorAsync("alice"), await VisitorAsync("bob"));
        var room = await Rig.MeetAsync(alice, bob);
        await alice.OpenAsync(room);
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Settings" }).ClickAsync();
        var box = (await alice.Page.Locator(".dialog .input").BoundingBoxAsync())!;
        await alice.Page.Mouse.MoveAsync(box.X + 20, box.Y + 20);
        await alice.Page.Mouse.DownAsync();
        await alice.Page.Mouse.MoveAsync(5, box.Y + 20);
        await alice.Page.Mouse.UpAsync();
        await Expect(alice.Page.Locator(".dialog")).ToBeVisibleAsync();
        await alice.Page.Mouse.ClickAsync(5, 5);
        await Expect(alice.Page.Locator(".dialog")).ToHaveCountAsync(0);

        await alice.Composer.FillAsync("a\u0007b\tc\u009f");
        await Expect(alice.Composer).ToHaveValueAsync("ab\tc");
        await alice.Composer.PressAsync("Enter");
        await Expect(alice.Page.Locator(".message .ticks--sent, .message .ticks--delivered")).ToBeVisibleAsync();
    }
}
