namespace Serverless.Notifications;

/// <summary>Renders what recipients read: literal text as it is, templates in the version that was accepted, so that the same comes out whenever it is done.</summary>
internal sealed class Renderer(TemplateStore templates)
{
    /// <summary>See <see cref="RenderContent"/>.</summary>
    public async Task<Rendering> RenderAsync(
        Notification notification, Recipient recipient, Channel channel, string? locale, string? eventsUrl, CancellationToken cancellationToken)
    {
        if (notification.Text is { } text)
            return new Rendering.Done(text);
        return await templates.ReadAsync(notification.Template!.Name, notification.Template.Version, cancellationToken) switch
        {
            TemplateRead.Found(var template) => await template.RenderAsync(channel, locale, notification.Data, recipient.Data, recipient.User, eventsUrl, notification.Accepted),
            TemplateRead.NoQuorum => Rendering.Unavailable.Instance,
            _ => new Rendering.Impossible($"The template '{notification.Template.Name}' is gone."),
        };
    }
}
