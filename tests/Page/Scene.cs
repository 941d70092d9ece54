using Serverless.Local.Chat;
using Serverless.Tests.Chat;

namespace Serverless.Tests.Page;

/// <summary>A life to look at: a group and a friend, with something said in both, a room with a long past, and one more person who asks for contact.</summary>
/// <param name="Group">The group's room.</param>
/// <param name="Direct">The friend's.</param>
/// <param name="Old">The one with a past.</param>
internal sealed record Scene(string Group, string Direct, string Old)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Sets it for somebody.</summary>
    public static async Task<Scene> SetAsync(PageRig rig, Visitor me)
    {
        using var self = await rig.ApiAsync(me);
        var people = await Task.WhenAll(
            PersonAsync(rig, "junho", "이준호", "#8a5a2b"), PersonAsync(rig, "sofia", "Sofía Marín", "#2b5a8a"), PersonAsync(rig, "haneul", "박하늘", "#5a2b8a"), PersonAsync(rig, "david", "David Okafor", "#2b8a5a"));
        var (junho, sofia, haneul, david) = (people[0], people[1], people[2], people[3]);
        await ChatPeople.MeetAsync(self, junho);
        await ChatPeople.MeetAsync(self, haneul);
        await david.WantsAsync(self, "contact");
        var old = ChatPeople.NewRoom();
        (await sofia.PutAsync($"rooms/{old}", new { name = "독서 모임 · Book club", members = new[] { self.User } }, Cancelled)).Dispose();
        for (var page = 1; page <= 16; page++)
            await sofia.SayAsync(old, $"Page {page}");
        (await self.PutAsync($"rooms/{old}/read", new { read = 17 }, Cancelled)).Dispose();
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
        return new Scene(group, direct, old);
    }

    private static async Task<ChatApi> PersonAsync(PageRig rig, string name, string shown, string colour)
    {
        var person = await ChatApi.SignInAsync(rig.Address, PageRig.NewUser(name), Cancelled);
        using var _ = await person.PutAsync($"users/{person.User}/profile", new { name = shown, colour }, Cancelled);
        using var there = await person.PutAsync("presence", new { device = "test", connected = true }, Cancelled);
        return person;
    }
}
