/**
 * Asks many questions of the same moment at once: what is asked for in one turn of the event loop is one call of `ask`.
 *
 * @param ask answers in the order of the questions
 */
export function together<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): (question: Question) => Promise<Answer> {
  let gathered: { questions: Question[]; answers: Promise<readonly Answer[]> } | undefined
  return async (question) => {
    gathered ??= begin()
    const { questions, answers } = gathered
    const at = questions.push(question) - 1
    return (await answers)[at] as Answer
  }

  function begin() {
    const questions: Question[] = []
    const turnOver = new Promise((resolve) => setImmediate(resolve))
    const answers = turnOver.then(() => {
      gathered = undefined
      return ask(questions)
    })
    return { questions, answers }
  }
}
