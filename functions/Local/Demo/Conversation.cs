using System.Globalization;
using Serverless.Local.Chat;

namespace Serverless.Local.Demo;

/// <summary>One person's messages in a room, numbered: each is sent under one client id until it is acknowledged.</summary>
internal sealed class Conversation(ChatApi person, string room, TimeProvider clock)
{
    private const int MostTries = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private long _began = clock.GetTimestamp();

    /// <summary>Messages acknowledged so far.</summary>
    public int Said { get; private set; }

    /// <summary>Requests that failed so far.</summary>
    public int Failures { get; private set; }

    /// <summary>Since <see cref="Begin"/>, the last failure; zero when there was none.</summary>
    public TimeSpan LastFailure { get; private set; }

    /// <summary>Since <see cref="Begin"/>.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_began);

    /// <summary>The time runs from here.</summary>
    public void Begin() => _began = clock.GetTimestamp();

    /// <summary>Says so many more things.</summary>
    /// <exception cref="InvalidOperationException">One was not acknowledged, however often it was sent.</exception>
    public async Task SayAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var clientId = Guid.CreateVersion7(clock.GetUtcNow()).ToString("D");
            for (var tries = 0; await person.SendAsync(room, clientId, new { text = Text(Said) }, CancellationToken.None) is null; tries++)
            {
                (Failures, LastFailure) = (Failures + 1, Elapsed);
                if (tries == MostTries)
                    throw new InvalidOperationException($"Message {Said} was not acknowledged.");
                await Task.Delay(Pause, clock);
            }

            Said++;
        }
    }

    /// <summary>Whether a device has everything that was said, once and in order.</summary>
    public bool IsWholeOn(ChatDevice device) =>
        device.EventsOf(room).Where(one => one.Kind == "text").Select(one => one.Text).SequenceEqual(Enumerable.Range(0, Said).Select(Text));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
