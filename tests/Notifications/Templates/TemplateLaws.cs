using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using Serverless.Notifications;

namespace Serverless.Tests.Notifications;

public class TemplateLaws
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Ways to show a parameter, by every filter that templates may use on a text.</summary>
    public static readonly string[] Shown =
    [
        "{{ name }}", "{{ name | upcase }}", "{{ name | append: name | prepend: '-' }}", "{{ name | capitalize | strip }}", "{{ name | default: 'x' }}", "{{ name | replace: 'a', '<' }}",
        "{{ name | split: '' | reverse | join: '' }}", "{{ name | split: 'a' | first }}", "{{ name | slice: 0, 5 }}", "{{ name | truncate: 7, '<' }}", "{{ name | remove: 'b' | downcase }}",
        "{{ name | truncatewords: 2 }}", "{{ name | url_encode }}", "{% assign other = name %}{{ other }}", "{% for letter in list %}{{ letter }}{% endfor %}", "{{ list | join: name }}", "{{ list | sort | last }}",
        "{% if name contains 'a' %}{{ name }}{% else %}{{ user }}{% endif %}", "{% case name %}{% when 'a' %}{{ name }}{% else %}{{ name | lstrip | rstrip }}{% endcase %}", "{% cycle name, user %}",
        "{{ name | date: name }}", "{{ name | plus: name }}", "{{ list | map: name | uniq | size }}", "{% tablerow letter in list %}{{ letter }}{% endtablerow %}", "{% echo name %}",
    ];

    [Fact]
    public void No_data_becomes_markup_in_HTML() => Gen.Select(Gen.Int[0, Shown.Length - 1].Select(at => Shown[at]), Text, Text.List[0, 3]).Sample((shown, name, list) =>
    {
        // What is markup in the template itself is left out of the comparison: the same template with harmless data shows it.
        var hostile = Html(shown, name, list);
        return hostile is null || !Allowed(hostile).Any(c => c is '<' or '>' or '"' or '\'');
    }, iter: 20_000);

    [Fact]
    public void Rendering_twice_is_equal() => Gen.Select(Gen.Int[0, Shown.Length - 1].Select(at => Shown[at]), Text).Sample((shown, name) => Html(shown, name, []) == Html(shown, name, []), iter: 2_000);

    [Theory]
    [InlineData("{{ name | raw }}", "There is no filter 'raw'")]
    [InlineData("{{ name | newline_to_br }}", "There is no filter")]
    [InlineData("{{ name | json }}", "There is no filter")]
    [InlineData("{{ password }}", "'password' is not declared")]
    [InlineData("{% include 'x' %}", "not Liquid")]
    [InlineData("{% render 'x' %}", "not Liquid")]
    [InlineData("{% capture x %}{% endcapture %}", "not Liquid")]
    [InlineData("a\n{{ name | }}", "line 2, column")]
    [InlineData("{% if %}", "not Liquid")]
    public void What_may_not_be_in_a_template_is_refused_with_its_place(string text, string why)
    {
        var (template, problem) = Template.Of("t", 1, Source(text));
        Assert.Null(template);
        Assert.Equal("locales.en.email.html", problem!.Value.Field);
        Assert.Contains(why, problem.Value.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rendering_is_bounded()
    {
        foreach (var text in (string[])["{% for i in (1..1000000) %}x{% endfor %}", "{% for i in (1..5000) %}{{ name }}{% endfor %}"])
        {
            var template = Template.Of("t", 1, Source(text)).Template!;
            Assert.IsType<Rendering.Impossible>(await template.RenderAsync(Channel.Email, null, Data(new string('a', 1_000), []), null, "u", null, Now));
        }
    }

    [Fact]
    public async Task The_language_is_the_recipients_or_nearest_or_the_fallback()
    {
        var locales = new Dictionary<string, ImmutableSortedDictionary<Channel, TemplatePart>>
        {
            ["en"] = Parts("en"),
            ["ko"] = Parts("ko"),
            ["zh-Hant-TW"] = Parts("tw"),
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var template = Template.Of("t", 1, new TemplateSource(ImmutableSortedDictionary<string, TemplateParameter>.Empty, locales, "en")).Template!;
        foreach (var (locale, expected) in new[] { ("ko", "ko"), ("ko-KR", "ko"), ("KO-kr-x1", "ko"), ("zh-Hant-TW", "tw"), ("zh-Hant", "en"), ("zh", "en"), ("fr", "en"), (null, "en") })
            Assert.Equal(expected, Assert.IsType<Rendering.Done>(await template.RenderAsync(Channel.Push, locale, null, null, "u", null, Now)).Content.Body);

        // A language that lacks the channel leaves it to the fallback.
        Assert.Equal("en", Assert.IsType<Rendering.Done>(await template.RenderAsync(Channel.Sms, "ko", null, null, "u", null, Now)).Content.Body);

        static ImmutableSortedDictionary<Channel, TemplatePart> Parts(string text)
        {
            var parts = ImmutableSortedDictionary<Channel, TemplatePart>.Empty.Add(Channel.Push, new TemplatePart("T", text, null));
            return text == "en" ? parts.Add(Channel.Sms, new TemplatePart(null, text, null)) : parts;
        }
    }

    [Fact]
    public async Task A_subject_is_one_line_and_the_clock_is_that_of_acceptance()
    {
        var template = Template.Of("t", 1, Source("{{ 'now' | date: '%Y-%m-%d' }}") with { Locales = Locales("{{ 'now' | date: '%Y-%m-%d' }}", "{{ name }}") }).Template!;
        var content = Assert.IsType<Rendering.Done>(await template.RenderAsync(Channel.Email, null, Data("a\r\nBcc: all@example.com", []), null, "u", null, Now)).Content;
        Assert.Equal(("a Bcc: all@example.com", "2026-01-31"), (content.Title, content.Html));
    }

    private static readonly Gen<string> Text = Gen.String[Gen.Char["ab<>&\"' \n가"], 0, 12];

    private static string Allowed(string html) =>
        System.Text.RegularExpressions.Regex.Replace(html, "<tr class=\"row\\d+\">|<td class=\"col\\d+\">|</td>|</tr>", "");

    private static string? Html(string shown, string name, List<string> list)
    {
        var template = Template.Of("t", 1, Source(shown)).Template!;
        return template.RenderAsync(Channel.Email, null, Data(name, list), null, name, null, Now).GetAwaiter().GetResult() is Rendering.Done(var content) ? content.Html : null;
    }

    private static JsonElement Data(string name, List<string> list) => JsonSerializer.SerializeToElement(new { name, list });

    private static TemplateSource Source(string html) => new(
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new KeyValuePair<string, TemplateParameter>[]
        {
            new("name", new(ParameterType.String, true, null, null)), new("list", new(ParameterType.List, false, null, null)),
        }), Locales(html, "S"), "en");

    private static ImmutableSortedDictionary<string, ImmutableSortedDictionary<Channel, TemplatePart>> Locales(string html, string subject) =>
        ImmutableSortedDictionary<string, ImmutableSortedDictionary<Channel, TemplatePart>>.Empty.Add(
            "en", ImmutableSortedDictionary<Channel, TemplatePart>.Empty.Add(Channel.Email, new TemplatePart(subject, "B", html)));
}
