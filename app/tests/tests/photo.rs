//! A photograph that a nurse sends and a doctor looks at, and the patient card, in the window.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by it, also in what several tests share")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use renkei_app_tests::Window;
use renkei_client_core::attach::Outgoing;
use renkei_client_core::proto::id::GroupId;
use renkei_tests::{Person, Team, World, copy_dir};
use zeroize::Zeroizing;

/// What is drawn and checked of every screen: WCAG 2.2 AA, and nothing cut off.
async fn is_sound(window: &Window, screen: &str) {
    window.picture(screen).await;
    assert_eq!(window.faults().await, [] as [&str; 0], "{screen}: WCAG 2.2 AA");
    assert_eq!(window.clipped().await, [] as [&str; 0], "{screen}: clipped");
}

/// Skin with a wound on it, as far as an ellipse is one.
fn photo(path: PathBuf) -> PathBuf {
    let drawn = image::RgbImage::from_fn(1_600, 1_200, |x, y| {
        let (x, y) = (f64::from(x) - 800.0, f64::from(y) - 560.0);
        let far = (x / 330.0).powi(2) + (y / 210.0).powi(2);
        image::Rgb(if far < 0.6 {
            [150, 40, 45]
        } else if far < 1.0 {
            [205, 120, 110]
        } else {
            [232, 190, 165]
        })
    });
    drawn.save(&path).expect("a picture");
    path
}

/// A PDF with these objects, the first of which is its catalogue.
fn pdf(objects: &[String]) -> Vec<u8> {
    let (mut file, mut offsets) = (String::from("%PDF-1.4\n"), Vec::new());
    for (at, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1).expect("a text");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    writeln!(file, "xref\n0 {size}\n0000000000 65535 f ").expect("a text");
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").expect("a text");
    }
    writeln!(file, "trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF").expect("a text");
    file.into_bytes()
}

fn stream(about: &str, body: &str) -> String {
    format!("<< {about} /Length {} >>\nstream\n{body}\nendstream", body.len())
}

/// A letter of two pages.
fn letter() -> Vec<u8> {
    let page = |content: u32| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R \
             /Resources << /Font << /F 7 0 R >> >> >>"
        )
    };
    let text = |number: u32| stream("", &format!("BT /F 36 Tf 80 700 Td (MIHON  {number}) Tj ET 80 100 435 500 re S"));
    pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page(5),
        page(6),
        text(1),
        text(2),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ])
}

/// Three kilobytes that draw ten thousand million squares.
fn bomb() -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /XObject << /X 5 0 R >> >> >>"
            .to_owned(),
        stream("", &"/X Do ".repeat(10)),
    ];
    let form = "/Type /XObject /Subtype /Form /BBox [0 0 600 900]";
    for next in 6..15 {
        let about = format!("{form} /Resources << /XObject << /X {next} 0 R >> >>");
        objects.push(stream(&about, &"/X Do ".repeat(10)));
    }
    objects.push(stream(form, &"0 0 500 500 re f ".repeat(10)));
    pdf(&objects)
}

/// Comes in on a device that was enrolled before, and opens the group.
async fn inside(person: &mut Person, name: &str, world: &World, chooses: Option<&Path>) -> Window {
    drop(person.take_client());
    let home = world.home().join(format!("app-{}", person.user()));
    let place = home.join("people/00000000000000a1");
    std::fs::create_dir_all(&place).expect("a directory");
    copy_dir(&person.dir, &place);
    std::fs::write(place.join("name"), name).expect("a name");
    let window = Window::choosing(&home, chooses).await;
    window.press("button.person", name).await;
    window.write("#password", &person.password).await;
    window.press("button.main", "入る").await;
    window.write("#code", &format!("{:06}", person.new_code(&world.server))).await;
    window.press("button.main", "入る").await;
    window.press("nav button", "見本 花子さん").await;
    window.see("button", "ファイルを添付").await;
    window
}

async fn send_papers(person: &Person, group: GroupId) {
    let paper = |name: &str, bytes| Outgoing::from_bytes(name, Zeroizing::new(bytes)).expect("a PDF");
    let mut files = [paper("紹介状.pdf", letter()), paper("壊れた書類.pdf", bomb())];
    person.client().send_files(group, "紹介状です。", &mut files, false).await.expect("sent");
}

const DRAWN: &str =
    "const one = document.querySelector('.viewer img'); return !!one && one.complete && one.naturalWidth > 0";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_2_window_a_nurse_sends_a_photo_and_a_doctor_looks_at_it() {
    let mut team = Team::of_two().await;
    let path = photo(team.world.home().join("創部 仙骨部.jpg"));
    send_papers(&team.doctor, team.group).await;

    let window = inside(&mut team.chief, "架空 信子", &team.world, Some(&path)).await;
    window.press("button", "ファイルを添付").await;
    window.see("form li", "創部 仙骨部.jpg").await;
    window.write("#text", "仙骨部の創です。昨日より浸出液が減りました。").await;
    is_sound(&window, "30-attached").await;
    window.press("button.main", "送る").await;
    window.see(".message.own .tile", "創部 仙骨部.jpg").await;
    is_sound(&window, "31-sent").await;
    window.close().await;

    let window = inside(&mut team.doctor, "架空 健", &team.world, None).await;
    window.see(".tile", "創部 仙骨部.jpg").await;
    window.holds("const one = document.querySelector('.tile img'); return !!one && one.naturalWidth > 0").await;
    is_sound(&window, "32-timeline").await;
    window.press(".tile", "創部 仙骨部.jpg").await;
    window.holds(DRAWN).await;
    is_sound(&window, "33-photo").await;
    window.press(".viewer button", "拡大").await;
    window.holds(DRAWN).await;
    window.picture("34-photo-larger").await;
    window.press(".viewer button", "閉じる").await;
    window.holds("return document.querySelector('.viewer') === null").await;

    // A file that would take hours and all the memory costs a moment and says so.
    window.press(".tile", "壊れた書類.pdf").await;
    window.see(".viewer [role=alert]", "安全に表示できない").await;
    is_sound(&window, "37-hostile").await;
    window.press(".viewer button", "閉じる").await;
    window.holds("return document.querySelector('.viewer') === null").await;

    window.script("document.querySelector('.lines').scrollTop -= 200", Vec::new()).await;
    window.press(".tile", "紹介状.pdf").await;
    window.holds(DRAWN).await;
    is_sound(&window, "35-letter").await;
    window.press(".viewer button", "次のページ").await;
    window.see(".viewer [role=status]", "2/2").await;
    window.holds(DRAWN).await;
    window.picture("36-letter-page-2").await;
    // Nothing of it stays with the lock.
    let lock = "dispatchEvent(new KeyboardEvent('keydown', { key: 'l', ctrlKey: true })); return true";
    window.holds(lock).await;
    window.see("p", "画面をロックしました").await;
    window.holds("return document.querySelector('img, .viewer') === null").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a04_1_window_the_patient_card_is_written_and_shown() {
    let mut team = Team::of_two().await;
    let window = inside(&mut team.chief, "架空 信子", &team.world, None).await;
    window.press("button", "患者カード").await;
    window.see("dialog", "まだ患者カードがありません").await;
    is_sound(&window, "40-no-card").await;
    window.press("dialog button", "患者カードを書く").await;
    window.write("#card-name", "見本 花子").await;
    window.write("#card-kana", "みほん はなこ").await;
    window.write("#card-born", "1940-02-30").await;
    window.write("#card-facts", "ペニシリンアレルギー").await;
    window.script("document.querySelector('[aria-label=\"ケアチーム 追加\"]').click()", Vec::new()).await;
    window.write("fieldset:last-of-type .entry label:nth-of-type(3) input", "架空訪問歯科").await;
    is_sound(&window, "41-writing").await;
    window.press("dialog button.main", "この内容で保存").await;
    window.see("dialog [role=alert]", "実在する日付").await;
    let empty = "const one = document.querySelector('#card-born'); one.value = ''; one.dispatchEvent(new Event('input')); return true";
    window.holds(empty).await;
    window.write("#card-born", "1940-02-29").await;
    window.press("dialog button.main", "この内容で保存").await;
    window.see("dialog dd", "昭和15年2月29日（1940年）").await;
    window.press("dialog summary", "変更の記録").await;
    window.see("dialog details li", "アレルギー・注意点").await;
    is_sound(&window, "42-card").await;
    window.size(380, 760).await;
    is_sound(&window, "43-card-phone").await;
    window.press("dialog button", "閉じる").await;
    window.see(".event", "患者カードを変更しました").await;
    window.close().await;
}
